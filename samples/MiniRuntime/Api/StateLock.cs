namespace MiniRuntime.Api;

/// <summary>Keeps a second engine away from a state folder, for the life of the process.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <exception cref="IOException">Another engine has it.</exception>
    public static StateLock Take(string stateFolder)
    {
        Directory.CreateDirectory(stateFolder);
        string path = Path.Combine(stateFolder, "lock");
        try
        {
            return new StateLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException held)
        {
            throw new IOException($"{stateFolder} is in use by another engine ({held.Message}).", held);
        }
    }

    public void Dispose() => _file.Dispose();
}

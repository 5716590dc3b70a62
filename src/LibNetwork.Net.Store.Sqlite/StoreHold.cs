using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Stores.Sqlite;

/// <summary>One process's hold on a store: a lock that ends with the process, and beside it who that is.</summary>
internal sealed class StoreHold : IDisposable
{
    private const int MaxCommand = 200;   // characters; the rest of a command line says little

    private const string Unknown = "another process";

    private readonly string _path;
    private readonly SafeFileHandle _lock;

    private StoreHold(string path, SafeFileHandle locked)
    {
        _path = path;
        _lock = locked;
    }

    /// <summary>Whether a store was here before: the lock's file is not empty then.</summary>
    public bool WasUsedBefore => RandomAccess.GetLength(_lock) > 0;

    /// <summary>Takes hold, or fails at once.</summary>
    public static StoreHold Take(string path)
    {
        SafeFileHandle locked;
        try
        {
            // On Linux this is flock: it belongs to the open file, so it also keeps this very process from opening the store twice.
            locked = File.OpenHandle(LockOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw HeldBy(File.Exists(HolderOf(path)) ? File.ReadAllText(HolderOf(path)) : Unknown, path, exception);
        }

        File.WriteAllText(HolderOf(path), string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} ({Command()})"));
        return new StoreHold(path, locked);
    }

    /// <summary>From now on an empty file is a store that lost everything, not a new one.</summary>
    public void MarkUsed() => RandomAccess.Write(_lock, "used\n"u8, fileOffset: 0);

    /// <summary>Somebody has the file who did not ask for this lock.</summary>
    public static NetworkException HeldByUnknown(string path, Exception exception) => HeldBy(Unknown, path, exception);

    public void Dispose()
    {
        File.Delete(HolderOf(_path));
        _lock.Dispose();
    }

    private static NetworkException HeldBy(string holder, string path, Exception exception)
        => new(NetworkErrorKind.Conflict, $"store {path}", $"is held by {holder}", exception)
        {
            Holder = holder,
            Remedy = "stop that process, or use another file",
        };

    private static string LockOf(string path) => path + "-lock";

    private static string HolderOf(string path) => path + "-holder";

    private static string Command()
    {
        string command = Environment.CommandLine;
        return command.Length <= MaxCommand ? command : string.Concat(command.AsSpan(0, MaxCommand), "...");
    }
}

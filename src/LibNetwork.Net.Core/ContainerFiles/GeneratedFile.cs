using System.Security.Cryptography;
using System.Text;

namespace LibNetwork.ContainerFiles;

/// <summary>A file that is generated for a container, until its user changes it: from then on it is the user's.</summary>
/// <remarks>
/// A digest of what was written last stands beside it, in a file of the same name with <c>.hash</c>. The file keeps its inode, for it is
/// mounted into containers. Not thread safe.
/// </remarks>
public sealed class GeneratedFile(string path)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _digestPath = path + ".hash";

    /// <summary>Whether the user has changed the file. One that was never generated, or whose digest is gone, was not changed.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool IsUsersOwn()
        => File.Exists(path) && File.Exists(_digestPath)
            && !string.Equals(File.ReadAllText(_digestPath), Digest(File.ReadAllBytes(path)), StringComparison.Ordinal);

    /// <summary>Writes a new text, unless the file is the user's.</summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public bool Write(string text)
    {
        if (IsUsersOwn())
        {
            return false;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);

        // The digest first: a process that dies between the two leaves a file that counts as the user's, never one that is overwritten by mistake.
        File.WriteAllText(_digestPath, Digest(bytes));
        bool isNew = !File.Exists(path);
        using (FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Write(bytes);
            file.SetLength(bytes.Length);
        }

        if (isNew)
        {
            File.SetUnixFileMode(path, Readable);
        }

        return true;
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

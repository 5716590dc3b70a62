using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Images;

/// <summary>Unpacks root file systems. An archive is a stranger's: nothing of it is ever written outside of the folder.</summary>
internal static class TarArchive
{
    private const UnixFileMode RootMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode AllModes = (UnixFileMode)0xfff;

    /// <summary>Unpacks an archive, as it is or compressed with gzip.</summary>
    /// <returns>The SHA-256 of the uncompressed archive, and the size of its files in bytes.</returns>
    /// <exception cref="EngineException">400: not a tar archive, or an entry that would leave the root.</exception>
    public static async Task<(string Hash, long Size)> UnpackAsync(Stream archive, string root, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(root);
        File.SetUnixFileMode(root, RootMode);
        using BufferedStream buffered = new(archive, 64 * 1024);
        byte[] magic = new byte[2];
        int read = await buffered.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken);
        await using Stream whole = new PrefixedStream(magic.AsMemory(0, read), buffered);
        await using Stream plain = read == 2 && magic is [0x1f, 0x8b] ? new GZipStream(whole, CompressionMode.Decompress) : whole;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using HashingStream hashed = new(plain, hash);
        try
        {
            long size = await UnpackEntriesAsync(hashed, root, cancellationToken);
            await hashed.CopyToAsync(Stream.Null, cancellationToken);   // what follows the end mark belongs to the hash, and to the client's upload
            return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw EngineException.BadRequest($"Error processing tar file: {exception.Message}");
        }
    }

    private static async Task<long> UnpackEntriesAsync(Stream stream, string root, CancellationToken cancellationToken)
    {
        await using TarReader reader = new(stream, leaveOpen: true);
        List<(string Path, TarEntry Entry)> folders = [];
        long size = 0;
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            string path = Resolve(root, entry.Name);
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    MakeFolder(root, path);
                    folders.Add((path, entry));
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    MakePlace(root, path);
                    await WriteFileAsync(entry, path, cancellationToken);
                    Finish(path, entry);
                    size += entry.Length;
                    break;
                case TarEntryType.SymbolicLink:
                    MakePlace(root, path);
                    File.CreateSymbolicLink(path, entry.LinkName);   // may lead anywhere: it is followed only inside the container
                    Posix.SetOwner(path, (uint)entry.Uid, (uint)entry.Gid);
                    break;
                case TarEntryType.HardLink:
                    string target = Resolve(root, entry.LinkName);
                    RefuseLinks(root, target, entry);
                    MakePlace(root, path);
                    Posix.Link(target, path);
                    break;
                default:
                    break;   // devices and pipes: a container's /dev is made when it starts
            }
        }

        // Last, because a folder's time changes with what is put into it, and its mode may forbid that.
        foreach ((string path, TarEntry entry) in folders.Where(folder => Directory.Exists(folder.Path) && !IsLink(folder.Path)))
        {
            Finish(path, entry);
        }

        return size;
    }

    private static async Task WriteFileAsync(TarEntry entry, string path, CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        if (entry.DataStream is { } data)
        {
            await data.CopyToAsync(file, cancellationToken);
        }
    }

    private static void Finish(string path, TarEntry entry)
    {
        Posix.SetOwner(path, (uint)entry.Uid, (uint)entry.Gid);
        File.SetUnixFileMode(path, entry.Mode & AllModes);   // after the owner, whose change takes set-user-id away
        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
    }

    // A leading slash is taken as the root's, as tar does it; a way up is refused.
    private static string Resolve(string root, string name)
    {
        string[] parts = [.. name.Split('/').Where(part => part is not ("" or "."))];
        return parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal)
            ? throw EngineException.BadRequest($"Error processing tar file: \"{name}\" leaves the root")
            : Path.Combine([root, .. parts]);
    }

    private static void MakePlace(string root, string path)
    {
        if (path == root)
        {
            throw EngineException.BadRequest("Error processing tar file: the root is not a directory");
        }

        MakeFolder(root, Path.GetDirectoryName(path) ?? root);
        if (!IsLink(path) && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);   // a later entry of the same name counts, and is never written through a link
        }
    }

    // Every folder on the way is a real one; a link in its place would let an archive write elsewhere.
    private static void MakeFolder(string root, string path)
    {
        string here = root;
        foreach (string part in Path.GetRelativePath(root, path).Split('/').Where(part => part != "."))
        {
            here = Path.Combine(here, part);
            if (IsLink(here))
            {
                throw EngineException.BadRequest($"Error processing tar file: \"{Path.GetRelativePath(root, path)}\" goes through a link");
            }

            Directory.CreateDirectory(here);
        }
    }

    private static void RefuseLinks(string root, string target, TarEntry entry)
    {
        string here = root;
        foreach (string part in Path.GetRelativePath(root, target).Split('/'))
        {
            if (IsLink(here))
            {
                throw EngineException.BadRequest($"Error processing tar file: \"{entry.Name}\" is a link through a link");
            }

            here = Path.Combine(here, part);
        }

        if (!IsLink(here) && !File.Exists(here))
        {
            throw EngineException.BadRequest($"Error processing tar file: \"{entry.Name}\" is a link to \"{entry.LinkName}\", which is not there");
        }
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}

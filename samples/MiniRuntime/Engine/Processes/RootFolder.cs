namespace MiniRuntime.Engine.Processes;

/// <summary>Lays out the layer of a container's root that is its own, so that there is something to mount on at every place.</summary>
/// <remarks>
/// The image and what the container wrote earlier are nobody's friend: a link at such a place would lead into the machine.
/// So every mount point is a real directory or file; a link is replaced.
/// </remarks>
internal sealed class RootFolder(string layer, string? image)
{
    /// <summary>The files of the root that are the engine's, each from the file of that name in the container's folder.</summary>
    public static readonly string[] ManagedFiles = ["etc/hosts", "etc/hostname", "etc/resolv.conf"];

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly string[] MountPoints = ["proc", "dev", "sys", "etc"];

    private enum Kind { Nothing, Folder, File, Other }

    /// <summary>Makes the mount points, and the working directory if it is not there.</summary>
    public void Prepare(string workingDirectory)
    {
        Directory.CreateDirectory(layer);
        if (image is not null)
        {
            File.SetUnixFileMode(layer, File.GetUnixFileMode(image));
        }

        foreach (string folder in MountPoints)
        {
            EnsureFolder(folder);
        }

        foreach (string file in ManagedFiles)
        {
            EnsureFile(file);
        }

        EnsureWorkingDirectory(workingDirectory);
    }

    /// <summary>Reads a file of the root, unless a link is on the way.</summary>
    public string? ReadFile(string path)
    {
        string root = layer;
        if (KindOf(layer, path) == Kind.Nothing && image is not null)
        {
            root = image;
        }

        string folder = Path.GetDirectoryName(path) ?? string.Empty;
        return KindOf(root, folder) == Kind.Folder && KindOf(root, path) == Kind.File ? File.ReadAllText(Path.Combine(root, path)) : null;
    }

    // A link on the way is left to the container, which follows it inside.
    private void EnsureWorkingDirectory(string path)
    {
        string here = string.Empty;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            here = Path.Combine(here, part);
            if (part == ".." || Seen(here) is not (Kind.Nothing or Kind.Folder))
            {
                return;
            }

            EnsureFolder(here);
        }
    }

    private void EnsureFolder(string path)
    {
        if (Seen(path) == Kind.Folder)
        {
            return;
        }

        string own = Path.Combine(layer, path);
        CopyParent(path);
        Remove(own);
        Directory.CreateDirectory(own);
        File.SetUnixFileMode(own, FolderMode);
    }

    private void EnsureFile(string path)
    {
        if (Seen(path) == Kind.File)
        {
            return;
        }

        string own = Path.Combine(layer, path);
        CopyParent(path);
        Remove(own);
        File.WriteAllBytes(own, []);
        File.SetUnixFileMode(own, FileMode);
    }

    // Where two folders merge, mode and owner are the upper one's. Parents come first, so there is only one level to look at.
    private void CopyParent(string path)
    {
        string parent = Path.GetDirectoryName(path) ?? string.Empty, own = Path.Combine(layer, parent);
        if (image is not null && KindOf(layer, parent) == Kind.Nothing)
        {
            string below = Path.Combine(image, parent);
            Directory.CreateDirectory(own);
            File.SetUnixFileMode(own, File.GetUnixFileMode(below));
            Posix.CopyOwner(below, own);
        }
    }

    // What the container would see.
    private Kind Seen(string path)
        => KindOf(layer, path) is var own && own == Kind.Nothing && image is not null ? KindOf(image, path) : own;

    private static Kind KindOf(string root, string path)
    {
        FileInfo file = new(Path.Combine(root, path));
        return file.LinkTarget is not null ? Kind.Other
            : Directory.Exists(file.FullName) ? Kind.Folder
            : !file.Exists ? Kind.Nothing
            : Posix.IsRegularFile(file.FullName) ? Kind.File : Kind.Other;   // not one: for example overlayfs's mark of a deleted file
    }

    private static void Remove(string path)
    {
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}

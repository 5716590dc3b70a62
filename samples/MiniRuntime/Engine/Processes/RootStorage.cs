using System.Diagnostics;

namespace MiniRuntime.Engine.Processes;

/// <summary>How containers' roots are kept: with overlayfs over the image where the file system can be written over so, otherwise as copies.</summary>
internal sealed class RootStorage
{
    private const string Try =
        """
        mkdir -p "$1/lower" "$1/upper" "$1/work" "$1/root" && mount -n -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/root"
        """;

    private readonly Lock _gate = new();
    private bool? _canOverlay;

    /// <summary>Whether to use overlayfs; the default is to find out.</summary>
    public bool? Overlay
    {
        init => _canOverlay = value;
    }

    /// <summary>Whether overlayfs works in a folder's file system; tried once.</summary>
    public bool CanOverlay(string folder)
    {
        lock (_gate)
        {
            return _canOverlay ??= TryOverlay(Path.Combine(folder, "overlay-probe"));
        }
    }

    /// <summary>Makes a container's own copy of an image, unless it has one.</summary>
    /// <exception cref="EngineException">500: it cannot be copied.</exception>
    public static void Copy(string image, string root)
    {
        if (Directory.Exists(root))
        {
            return;
        }

        if (image == "/")
        {
            throw new EngineException(500, "the image host needs overlayfs, which does not work in the state directory's file system");
        }

        string draft = root + ".new";
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);   // an earlier engine was copying when it ended
        }

        Run([HostPrograms.Find("cp"), "-a", image, draft], out int code, out string errors);
        if (code != 0)
        {
            throw new EngineException(500, $"copying the image failed: {errors.Trim()}");
        }

        Directory.Move(draft, root);
    }

    private static bool TryOverlay(string folder)
    {
        try
        {
            // The mount is gone with its namespace, when the shell has ended.
            Run([HostPrograms.Find("unshare"), "--mount", "--propagation", "private", "--", HostPrograms.Shell, "-c", Try, "try", folder], out int code, out _);
            return code == 0;
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Run(string[] command, out int code, out string errors)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new EngineException(500, $"{command[0]} did not start");
        errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        code = process.ExitCode;
    }
}

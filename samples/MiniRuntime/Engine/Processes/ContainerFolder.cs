using System.Globalization;

namespace MiniRuntime.Engine.Processes;

/// <summary>Where things are in a container's folder.</summary>
internal readonly record struct ContainerFolder(string Path)
{
    /// <summary>The root file system's mount point; with private copies, the copy itself.</summary>
    public string Root => In("root");

    /// <summary>What the container wrote, over the image.</summary>
    public string Upper => In("upper");

    /// <summary>A folder that overlayfs needs for itself.</summary>
    public string Work => In("work");

    /// <summary>The links that <c>/dev</c> begins with.</summary>
    public string Devices => In("dev");

    public string MountTable => In("fstab");

    public string Sysctls => In("sysctls");

    public string Input => In("stdin");

    public string Output => In("stdout.log");

    public string Error => In("stderr.log");

    public string Record => In("process.json");

    public string Exit => In("exit");

    /// <summary>The exit code that the keeper noted; <see langword="null"/> when it did not come to that.</summary>
    public int? ReadExitCode()
        => File.Exists(Exit) && File.ReadAllText(Exit) is [.., '\n'] text   // the line's end is the proof that all of it is there
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

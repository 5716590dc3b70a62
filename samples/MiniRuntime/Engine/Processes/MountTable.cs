using System.Text;

namespace MiniRuntime.Engine.Processes;

/// <summary>The mounts of a container in the form of fstab(5), so that one <c>mount</c> makes all of them.</summary>
internal static class MountTable
{
    private const string Pseudo = "nosuid,nodev,noexec";

    // What tells about the machine, or acts on it; as docker masks it.
    private static readonly string[] Masked =
        ["proc/acpi", "proc/asound", "proc/kcore", "proc/keys", "proc/latency_stats", "proc/timer_list", "proc/timer_stats", "proc/sched_debug", "proc/scsi", "sys/firmware"];

    private static readonly string[] ReadOnly = ["proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"];

    public static string Build(ContainerFolder folder, string? overlayOver, bool isVolatile, bool privileged)
    {
        StringBuilder table = new();
        if (overlayOver is not null)
        {
            string writable = isVolatile ? folder.Work : folder.Path;
            string layers = $"lowerdir={Layer(overlayOver)},upperdir={Layer(Path.Combine(writable, "upper"))},workdir={Layer(Path.Combine(writable, "work"))}";
            Add("overlay", "", "overlay", layers);
        }
        else
        {
            Add(folder.Root, "", "none", "bind");   // a root has to be a mount point
        }

        Add("proc", "proc", "proc", Pseudo);
        Add("tmpfs", "dev", "tmpfs", "nosuid,mode=755,size=65536k");
        Add("devpts", "dev/pts", "devpts", "X-mount.mkdir,nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5");
        Add("mqueue", "dev/mqueue", "mqueue", $"X-mount.mkdir,{Pseudo}");
        Add("shm", "dev/shm", "tmpfs", $"X-mount.mkdir,{Pseudo},mode=1777,size=65536k");
        Add("sysfs", "sys", "sysfs", privileged ? Pseudo : $"{Pseudo},ro");
        foreach (string file in RootFolder.ManagedFiles)
        {
            Add(Path.Combine(folder.Path, Path.GetFileName(file)), file, "none", "bind");
        }

        if (!privileged)
        {
            foreach (string path in Masked)
            {
                if (Directory.Exists($"/{path}"))
                {
                    Add("tmpfs", path, "tmpfs", "ro");
                }
                else if (File.Exists($"/{path}"))
                {
                    Add("/dev/null", path, "none", "bind");
                }
            }

            foreach (string path in ReadOnly.Where(path => Path.Exists($"/{path}")))
            {
                Add(Path.Combine(folder.Root, path), path, "none", "bind,ro");
            }
        }

        return table.ToString();

        void Add(string source, string target, string type, string options)
            => table.Append($"{Escape(source)} {Escape(Path.Combine(folder.Root, target).TrimEnd('/'))} {type} {Escape(options)} 0 0\n");
    }

    private static string Escape(string field)
        => field.Replace("\\", "\\134", StringComparison.Ordinal).Replace(" ", "\\040", StringComparison.Ordinal)
            .Replace("\t", "\\011", StringComparison.Ordinal).Replace("\n", "\\012", StringComparison.Ordinal).Replace("#", "\\043", StringComparison.Ordinal);

    // overlayfs separates layers with a colon and options with a comma.
    private static string Layer(string path)
        => path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}

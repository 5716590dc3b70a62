namespace MiniRuntime.Engine.Processes;

/// <summary>The links that a container's <c>/dev</c> begins with.</summary>
internal static class DeviceLinks
{
    private static readonly (string Name, string Target)[] Links =
        [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx")];

    public static void Make(string folder)
    {
        foreach ((string name, string target) in Links)
        {
            string link = Path.Combine(folder, name);
            if (new FileInfo(link).LinkTarget is null)
            {
                File.CreateSymbolicLink(link, target);
            }
        }
    }
}

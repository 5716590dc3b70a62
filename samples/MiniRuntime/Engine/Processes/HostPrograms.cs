namespace MiniRuntime.Engine.Processes;

/// <summary>The machine's programs that start containers, all of them of its base system.</summary>
internal static class HostPrograms
{
    private static readonly string[] SystemFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Where programs are looked for: containers' environments do not matter here, nor does the user's.</summary>
    public static string SearchPath { get; } = string.Join(':', SystemFolders);

    public static string Shell => "/bin/sh";

    /// <exception cref="EngineException">500: it is not installed.</exception>
    public static string Find(string name)
        => SystemFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new EngineException(500, $"the machine lacks the program {name}; it comes with the package util-linux");
}

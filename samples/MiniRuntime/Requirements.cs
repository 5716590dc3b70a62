namespace MiniRuntime;

/// <summary>What the demo needs of the machine: root, and four programs that every distribution has in its base system.</summary>
internal static class Requirements
{
    private static readonly string[] Programs = ["sh", "setsid", "unshare", "nsenter"];

    /// <summary>What is missing, as a sentence; <see langword="null"/> when nothing is.</summary>
    public static string? Missing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "The demo makes namespaces and so must run as root: sudo dotnet run --project samples/MiniRuntime -- demo";
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':');
        string[] missing = [.. Programs.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))))];
        return missing.Length == 0 ? null : $"The demo needs {string.Join(", ", missing)}; install the package util-linux.";
    }
}

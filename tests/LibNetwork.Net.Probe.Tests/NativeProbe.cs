using System.Runtime.InteropServices;

namespace LibNetwork.Probe.Tests;

/// <summary>The probe, compiled ahead of time once for all tests that start it often.</summary>
internal static class NativeProbe
{
    private static readonly Lazy<Task<(string? Program, string Log)>> Published = new(PublishAsync);

    /// <summary>Whether this machine can compile it.</summary>
    public static bool IsPossible { get; } = Command.Exists("clang") || Command.Exists("gcc");

    /// <returns>The program, or <see langword="null"/> when it could not be compiled, and what the compiler said.</returns>
    public static Task<(string? Program, string Log)> GetAsync() => Published.Value;

    private static async Task<(string? Program, string Log)> PublishAsync()
    {
        string output = Directory.CreateTempSubdirectory("libnetwork-aot-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(output, recursive: true);
        (int exitCode, string log) = await Command.RunAsync(
            "dotnet", "publish", ProbeProject(), "-c", "Release", "-r", $"linux-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant(), "-o", output,
            "-p:NativeProbe=true", "-p:UseSharedCompilation=false", "-nodeReuse:false");
        return (exitCode == 0 ? Path.Combine(output, "LibNetwork.Net.Probe") : null, log);
    }

    private static string ProbeProject()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "LibNetwork.Net.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        return Path.Combine(root ?? throw new DirectoryNotFoundException("the sources are not there"), "tests", "LibNetwork.Net.Probe");
    }
}

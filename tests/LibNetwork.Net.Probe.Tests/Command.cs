using System.Diagnostics;

namespace LibNetwork.Probe.Tests;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <returns>Its exit code, and all that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;   // Process.Start gives a process for a new start info
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }

    /// <summary>Whether a program is on the path.</summary>
    public static bool Exists(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}

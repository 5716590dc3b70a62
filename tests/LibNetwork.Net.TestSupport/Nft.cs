using System.Diagnostics;

namespace LibNetwork.TestSupport;

/// <summary>The <c>nft</c> program, as an independent reader of what the kernel holds.</summary>
public static class Nft
{
    /// <summary>Lists a host's whole rule set.</summary>
    public static Task<string> ListAsync(TestHost host) => RunAsync(host, "list ruleset");

    /// <summary>Runs one command on a host and returns what it printed.</summary>
    public static async Task<string> RunAsync(TestHost host, string command)
    {
        using Process process = await host.Namespace.RunInsideAsync(() => Process.Start(
            new ProcessStartInfo("nft", command) { RedirectStandardOutput = true, UseShellExecute = false })!);   // Process.Start gives a process for a new start info
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"nft {command} ended with {process.ExitCode}.");
    }
}

using System.Diagnostics;

namespace LibNetwork.TestSupport;

/// <summary>The <c>nft</c> program, as an independent reader of what the kernel holds.</summary>
public static class Nft
{
    /// <summary>Lists a host's whole rule set.</summary>
    public static async Task<string> ListAsync(TestHost host)
    {
        using Process process = await host.Namespace.RunInsideAsync(static () => Process.Start(
            new ProcessStartInfo("nft", "list ruleset") { RedirectStandardOutput = true, UseShellExecute = false })!);   // Process.Start gives a process for a new start info
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}

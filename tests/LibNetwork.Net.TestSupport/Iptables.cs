using System.Diagnostics;

namespace LibNetwork.TestSupport;

/// <summary>The programs of iptables, as others use them beside the library.</summary>
public static class Iptables
{
    private const string Folder = "/usr/sbin";

    /// <summary>Whether a machine has a program, <c>iptables-nft</c> or <c>iptables-legacy</c>.</summary>
    public static bool Has(string program) => File.Exists(Path.Combine(Folder, program));

    /// <summary>Runs one command on a host.</summary>
    /// <returns>Whether it succeeded.</returns>
    public static async Task<bool> RunAsync(TestHost host, string program, string command)
    {
        using Process process = await host.Namespace.RunInsideAsync(() => Process.Start(
            new ProcessStartInfo(Path.Combine(Folder, program), command) { UseShellExecute = false, RedirectStandardError = true })!);   // a process for a new start info
        _ = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}

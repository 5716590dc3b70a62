using System.Diagnostics;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Linux.Tests.Support;

/// <summary>Runs a command line tool inside a namespace: a second opinion on what the kernel holds.</summary>
internal static class ShellTool
{
    public static async Task<string> RunAsync(NetworkNamespace inside, string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(tool, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = await inside.RunInsideAsync(() => Process.Start(start)!);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)}: {await errors}");
    }
}

using System.Diagnostics;

namespace LibNetwork.TestSupport;

/// <summary>A program such as <c>iptables</c> or <c>nft</c> that runs on a host and is somebody else there.</summary>
public static class HostProgram
{
    /// <summary>Whether the machine has a program.</summary>
    public static bool IsInstalled(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs one and returns what it printed.</summary>
    /// <param name="host">The host.</param>
    /// <param name="command">Program and arguments, with spaces between; quoted where an argument has one.</param>
    /// <param name="input">What it reads.</param>
    public static async Task<string> RunAsync(TestHost host, string command, string? input = null)
    {
        using Process process = await StartAsync(host, command);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>Starts one, to be talked to.</summary>
    public static Task<Process> StartAsync(TestHost host, string command)
    {
        string[] parts = command.Split(' ', count: 2);
        ProcessStartInfo start = new(parts[0], parts.Length > 1 ? parts[1] : string.Empty)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return host.Namespace.RunInsideAsync(() => Process.Start(start)!);   // Process.Start gives a process for a new start info
    }
}

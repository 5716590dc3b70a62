using System.Diagnostics;

namespace MiniRuntime.Engine.Processes;

/// <summary>Makes a container's root the root of its mount namespace, so that the machine's files are out of reach.</summary>
internal static class RootChange
{
    /// <exception cref="EngineException">500: the kernel refused.</exception>
    public static async Task RunAsync(int process, string root)
    {
        ProcessStartInfo start = new(HostPrograms.Shell, ["-c", Scripts.ChangeRoot, "root", $"/proc/{process}/ns/mnt", root])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = HostPrograms.SearchPath;
        using Process change = Process.Start(start) ?? throw new EngineException(500, $"{start.FileName} did not start");
        string errors = await change.StandardError.ReadToEndAsync();
        await change.WaitForExitAsync();
        if (change.ExitCode != 0)
        {
            throw KeeperProcess.CannotCreate(500, errors.Trim(), exitCode: 128);
        }
    }
}

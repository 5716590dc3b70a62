using System.Diagnostics;
using System.Net;
using LibNetwork;

namespace MiniRuntime;

/// <summary>A container: a real process with its own network, process ids, mounts and host name, on one network.</summary>
internal sealed class DemoContainer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);

    // What the container's first process does: take its name, say that it is ready, and hold the namespaces.
    private const string InitScript = """echo "$1" > /proc/sys/kernel/hostname && : > "$2" && exec sleep infinity""";

    // A session of its own, so that Ctrl-C goes to the runtime alone; and no hold on the runtime's terminal or pipe.
    private const string StartScript =
        """exec setsid unshare --pid --fork --kill-child --mount-proc --uts --mount -- sh -c "$1" init "$2" "$3" </dev/null >/dev/null 2>"$4" """;

    private readonly Process _unshare;

    private DemoContainer(ISandbox sandbox, IEndpoint endpoint, Process unshare, int firstProcess)
    {
        Sandbox = sandbox;
        Endpoint = endpoint;
        _unshare = unshare;
        FirstProcess = firstProcess;
        Peer = new DemoPeer(
            Name, sandbox.OpenSocket, endpoint.State.IPv4?.Address ?? IPAddress.None, endpoint.State.IPv6?.Address ?? IPAddress.IPv6None);
    }

    public string Name => Sandbox.ContainerId;

    public ISandbox Sandbox { get; }

    public IEndpoint Endpoint { get; }

    public DemoPeer Peer { get; }

    /// <summary>The process id, as the machine counts, of the container's process 1.</summary>
    public int FirstProcess { get; }

    /// <summary>Starts a container and attaches it to a network; a failure leaves nothing.</summary>
    public static async Task<DemoContainer> StartAsync(
        INetworkController controller, INetwork network, string name, string folder, CancellationToken cancellationToken)
    {
        SandboxSpec spec = new() { ContainerId = name, UseHostNamespace = network.State.Driver == "host" };
        ISandbox sandbox = await controller.CreateSandboxAsync(spec, cancellationToken);
        try
        {
            IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = name }, cancellationToken: cancellationToken);
            (Process unshare, int firstProcess) = await StartProcessAsync(sandbox, folder);
            return new DemoContainer(sandbox, endpoint, unshare, firstProcess);
        }
        catch
        {
            await sandbox.DeleteAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Runs a shell command inside, as <c>docker exec</c> does, and returns what it prints.</summary>
    public async Task<string> ExecuteAsync(string command, CancellationToken cancellationToken)
    {
        string[] arguments = ["--target", $"{FirstProcess}", "--net", "--pid", "--mount", "--uts", "--", "sh", "-c", command];
        using Process process = Start(new ProcessStartInfo("nsenter", arguments) { UseShellExecute = false, RedirectStandardOutput = true });
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return output.TrimEnd();
    }

    /// <summary>Ends the process and deletes the sandbox with its endpoint.</summary>
    public async Task StopAsync()
    {
        await KillAsync(_unshare, FirstProcess);
        await Sandbox.DeleteAsync();
    }

    // Not cancellable: it takes some milliseconds, and a process that has started has to be known before it can be ended.
    private static async Task<(Process Unshare, int FirstProcess)> StartProcessAsync(ISandbox sandbox, string folder)
    {
        string ready = Path.Combine(folder, $"{sandbox.ContainerId}.ready");
        string log = Path.Combine(folder, $"{sandbox.ContainerId}.log");
        ProcessStartInfo start = new("sh", ["-c", StartScript, "start", InitScript, sandbox.ContainerId, ready, log]) { UseShellExecute = false };
        Process unshare = await sandbox.RunInsideAsync(() => Start(start));
        long begun = Stopwatch.GetTimestamp();
        while (!File.Exists(ready))
        {
            if (unshare.HasExited || Stopwatch.GetElapsedTime(begun) > Patience)
            {
                await KillAsync(unshare, FirstChild(unshare));
                throw new InvalidOperationException($"Container \"{sandbox.ContainerId}\" did not start: {await File.ReadAllTextAsync(log)}");
            }

            await Task.Delay(Glance);
        }

        File.Delete(ready);
        return (unshare, FirstChild(unshare) ?? throw new InvalidOperationException($"Container \"{sandbox.ContainerId}\" ended at once."));
    }

    // The first process of a pid namespace takes all others with it; unshare waits for it, and so nothing is left for anybody to reap.
    private static async Task KillAsync(Process unshare, int? firstProcess)
    {
        using (unshare)
        {
            if (firstProcess is { } id && !unshare.HasExited)
            {
                using Process first = Process.GetProcessById(id);
                first.Kill();
            }
            else
            {
                unshare.Kill();
            }

            await unshare.WaitForExitAsync();
        }
    }

    private static int? FirstChild(Process process)
    {
        string path = $"/proc/{process.Id}/task/{process.Id}/children";
        return File.Exists(path) && File.ReadAllText(path).Split(' ') is [{ Length: > 0 } id, ..] ? int.Parse(id) : null;
    }

    private static Process Start(ProcessStartInfo start)
        => Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
}

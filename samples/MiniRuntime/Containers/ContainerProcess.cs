using System.Diagnostics;
using LibNetwork;

namespace MiniRuntime.Containers;

/// <summary>The first process of a container, in its own network, process ids, mounts and host name. Its end is the container's end.</summary>
internal sealed class ContainerProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Process 1 reads its id as the machine counts while /proc is still the machine's, takes its name, tells the id, and holds the namespaces.
    private const string FirstProcess =
        """
        set -e
        read -r id rest < /proc/self/stat
        mount -t proc proc /proc
        echo "$1" > /proc/sys/kernel/hostname
        echo "$id"
        exec sleep infinity < /dev/null > /dev/null 2>&1
        """;

    private readonly Process _unshare;

    private ContainerProcess(Process unshare, int id)
    {
        _unshare = unshare;
        Id = id;
    }

    /// <summary>The id of the container's process 1, as the machine counts.</summary>
    public int Id { get; }

    /// <summary>Starts the process in a sandbox; a failure leaves nothing.</summary>
    /// <remarks>Not cancellable: it takes some milliseconds, and what has started has to be known before it can be ended.</remarks>
    public static async Task<ContainerProcess> StartAsync(ISandbox sandbox, string hostName)
    {
        // The new process inherits the network of the thread that starts it; the other namespaces are unshare's work.
        ProcessStartInfo start = InOwnSession(
            "unshare", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--", "sh", "-c", FirstProcess, "init", hostName);
        Process unshare = await sandbox.RunInsideAsync(() => Start(start));
        unshare.StandardInput.Close();
        try
        {
            string? told = await unshare.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            return int.TryParse(told, out int id)
                ? new ContainerProcess(unshare, id)
                : throw new InvalidOperationException($"container \"{hostName}\" did not start: {await unshare.StandardError.ReadToEndAsync()}");
        }
        catch
        {
            unshare.Kill();   // --kill-child: its child dies with it
            await unshare.WaitForExitAsync();
            unshare.Dispose();
            throw;
        }
    }

    /// <summary>Runs a shell command in the container, as <c>docker exec</c> does, and returns what it prints.</summary>
    public async Task<string> ExecuteAsync(string command, CancellationToken cancellationToken)
    {
        using Process process = Start(InOwnSession(
            "nsenter", "--target", $"{Id}", "--net", "--pid", "--mount", "--uts", "--", "sh", "-c", command));
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        string error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? (await output).TrimEnd()
            : throw new InvalidOperationException($"\"{command}\" ended with {process.ExitCode}: {error.TrimEnd()}");
    }

    /// <summary>Ends the process, and with it all others of the container.</summary>
    public async Task KillAsync()
    {
        using (_unshare)
        {
            if (!_unshare.HasExited)
            {
                KillFirstProcess();
                await _unshare.WaitForExitAsync();   // unshare reaps its child, so that nobody else has to
            }
        }
    }

    private void KillFirstProcess()
    {
        try
        {
            using Process first = Process.GetProcessById(Id);
            first.Kill();
        }
        catch (ArgumentException)
        {
            // It has just ended by itself.
        }
    }

    // In a session of its own a process does not hear the terminal's Ctrl-C, which is for the runtime, who ends the containers in order.
    private static ProcessStartInfo InOwnSession(params string[] command) => new("setsid", command)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static Process Start(ProcessStartInfo start)
        => Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
}

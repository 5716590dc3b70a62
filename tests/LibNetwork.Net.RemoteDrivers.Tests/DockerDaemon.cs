using System.Diagnostics;
using System.Formats.Tar;
using LibNetwork.TestSupport;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>An unmodified dockerd on a test's host, with folders and mounts of its own. Disposing ends it and removes all of it.</summary>
public sealed class DockerDaemon : IAsyncDisposable
{
    public const string Image = "busybox";

    private static readonly string[] Programs = ["dockerd", "containerd", "runc", "docker", "busybox", "unshare"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly Task<string> _log;
    private readonly Process _daemon;

    private DockerDaemon(string folder, Process daemon)
    {
        _folder = folder;
        _daemon = daemon;
        _log = daemon.StandardError.ReadToEndAsync();
        _ = daemon.StandardOutput.ReadToEndAsync();
    }

    /// <summary>What the machine lacks; <see langword="null"/> when a daemon can run.</summary>
    public static string? WhyNot => Programs.FirstOrDefault(static program => !HostProgram.IsInstalled(program)) is { } missing
        ? $"needs {missing} (Debian: docker.io, busybox-static)"
        : Directory.Exists("/sys/fs/cgroup") ? null : "needs control groups at /sys/fs/cgroup";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string SocketPath => Path.Combine(_folder, "docker.sock");

    /// <summary>Starts a daemon that finds plugins in a folder.</summary>
    public static async Task<DockerDaemon> StartAsync(TestHost host, string pluginFolder)
    {
        // On a disk: root file systems and their layers do not fit into memory.
        string folder = Directory.CreateTempSubdirectory("libnetwork-dockerd-").FullName;
        string script = Path.Combine(folder, "start");
        await File.WriteAllTextAsync(
            script,
            $"""
            mount -t tmpfs tmpfs /run
            mkdir -p /run/docker/plugins
            mount --bind {pluginFolder} /run/docker/plugins
            exec dockerd --data-root {folder}/data --exec-root {folder}/exec --pidfile {folder}/pid --host unix://{folder}/docker.sock \
              --storage-driver vfs --bridge none --iptables=false --ip-forward=false
            """,
            Cancel);
        DockerDaemon daemon = new(folder, await HostProgram.StartAsync(host, $"unshare --mount --propagation private sh -e {script}"));
        try
        {
            await daemon.AwaitAsync();
            await daemon.ImportAsync();
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the docker command line and returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        (int status, string output, string errors) = await TryAsync(arguments);
        return status == 0 ? output.Trim() : throw new InvalidOperationException($"docker {string.Join(' ', arguments)} ended with {status}: {errors}");
    }

    /// <summary>Runs the docker command line, which must fail, and returns what it complained of.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        (int status, string output, string errors) = await TryAsync(arguments);
        return status != 0 ? errors : throw new InvalidOperationException($"docker {string.Join(' ', arguments)} did not fail: {output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.HasExited)
        {
            using Process stop = Process.Start("kill", ["-TERM", $"{_daemon.Id}"]);   // unshare and sh became the daemon
            using CancellationTokenSource limit = new(Patience);
            try
            {
                await _daemon.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _daemon.Kill(entireProcessTree: true);
                await _daemon.WaitForExitAsync(CancellationToken.None);
            }
        }

        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);   // its mounts went with its mount namespace
    }

    private async Task AwaitAsync()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Patience);
        while ((await TryAsync("version")).Status != 0)
        {
            if (_daemon.HasExited || limit.IsCancellationRequested)
            {
                string log = _daemon.HasExited ? await _log : "it is still starting";
                throw new InvalidOperationException($"dockerd did not start: {log[Math.Max(0, log.Length - 2000)..]}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
        }
    }

    /// <summary>Makes an image of nothing but busybox.</summary>
    private async Task ImportAsync()
    {
        string archive = Path.Combine(_folder, "busybox.tar");
        string busybox = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Select(static folder => Path.Combine(folder, "busybox")).First(File.Exists);
        await using (TarWriter writer = new(File.Create(archive)))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "bin/"), Cancel);
            await writer.WriteEntryAsync(busybox, "bin/busybox", Cancel);
        }

        await RunAsync("import", archive, Image);
    }

    private async Task<(int Status, string Output, string Errors)> TryAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("docker", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOCKER_HOST"] = $"unix://{SocketPath}";
        start.Environment["DOCKER_CONFIG"] = Path.Combine(_folder, "client");
        using Process client = Process.Start(start)!;   // a new start info gives a process
        Task<string> errors = client.StandardError.ReadToEndAsync();
        string output = await client.StandardOutput.ReadToEndAsync();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Patience);
        await client.WaitForExitAsync(limit.Token);
        return (client.ExitCode, output, await errors);
    }
}

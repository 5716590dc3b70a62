using System.Diagnostics;
using System.Formats.Tar;
using LibNetwork.TestSupport;

namespace LibNetwork.Benchmarks;

/// <summary>A dockerd to compare with, on a host of its own: in namespaces of its own, with all its files in a temporary folder.</summary>
internal sealed class Dockerd : IAsyncDisposable
{
    private const string Image = "busybox";
    private const string Busybox = "/usr/bin/busybox";

    private static readonly string[] Needed = ["dockerd", "containerd", "runc", "docker", "busybox", "iptables", "nsenter", "unshare", "kill"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestHost _host;
    private readonly string _folder;
    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    private Dockerd(TestHost host, string folder, Process process)
    {
        (_host, _folder, _process) = (host, folder, process);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_lastLines)
            {
                _lastLines.Enqueue(line.Data ?? string.Empty);
                if (_lastLines.Count > 20)
                {
                    _lastLines.Dequeue();
                }
            }
        };
        process.BeginErrorReadLine();
    }

    /// <summary>Why none can be started here; <see langword="null"/> when one can.</summary>
    public static string? WhyNot => Needed.FirstOrDefault(static program => !HostProgram.IsInstalled(program)) is { } missing ? $"{missing} is not installed" : null;

    /// <summary>Starts one and waits until it serves.</summary>
    public static async Task<Dockerd> StartAsync()
    {
        TestHost host = await TestHost.CreateAsync(forwards: true);
        string folder = Directory.CreateTempSubdirectory("libnetwork-dockerd-").FullName;
        Process process = Process.Start(new ProcessStartInfo(
            "nsenter",
            $"--net={host.NamespacePath} unshare --mount --propagation private dockerd --data-root {folder}/root --exec-root {folder}/exec "
            + $"-H unix://{folder}/socket -p {folder}/pid --storage-driver vfs --bridge none --userland-proxy=false -l warn")
        {
            UseShellExecute = false, RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("nsenter did not start.");
        Dockerd dockerd = new(host, folder, process);
        try
        {
            await dockerd.WaitAsync();
            await dockerd.ImportAsync();
            return dockerd;
        }
        catch
        {
            await dockerd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a container that does nothing.</summary>
    /// <returns>Its network namespace.</returns>
    public async Task<string> RunAsync(string network, params string[] aliases)
    {
        string id = await AskAsync(["run", "-d", "--network", network, .. aliases.SelectMany(static alias => new[] { "--network-alias", alias }), Image, "/bin/busybox", "sleep", "100000"]);
        return $"/proc/{(await AskAsync(["inspect", "-f", "{{.State.Pid}}", id.Trim()])).Trim()}/ns/net";
    }

    /// <summary>Asks it something with the docker command line.</summary>
    /// <returns>What docker printed.</returns>
    public async Task<string> AskAsync(params string[] arguments)
    {
        (int code, string output, string errors) = await TryAskAsync(arguments);
        return code == 0 ? output : throw new InvalidOperationException($"docker {string.Join(' ', arguments)} ended with {code}: {errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            (int code, string containers, _) = await TryAskAsync(["ps", "-aq"]);
            if (code == 0 && containers.Length > 0)
            {
                await TryAskAsync(["rm", "-f", .. containers.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
            }

            using Process kill = Process.Start("kill", $"-TERM {_process.Id}");   // so that it stops its containerd as well
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
        _host.Dispose();
    }

    private async Task WaitAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while ((await TryAskAsync(["version"])).Code != 0)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > Patience)
            {
                lock (_lastLines)
                {
                    throw new InvalidOperationException($"dockerd did not start: {string.Join('\n', _lastLines)}");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Makes an image with nothing but a busybox.</summary>
    private async Task ImportAsync()
    {
        string archive = Path.Combine(_folder, "image.tar");
        await using (FileStream file = File.Create(archive))
        await using (TarWriter writer = new(file))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "bin/"));
            await writer.WriteEntryAsync(Busybox, "bin/busybox");
        }

        await AskAsync("import", archive, Image);
    }

    private async Task<(int Code, string Output, string Errors)> TryAskAsync(IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new("docker") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-H", $"unix://{_folder}/socket", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using Process docker = Process.Start(start) ?? throw new InvalidOperationException("docker did not start.");
        Task<string> errors = docker.StandardError.ReadToEndAsync();
        string output = await docker.StandardOutput.ReadToEndAsync();
        await docker.WaitForExitAsync();
        return (docker.ExitCode, output, await errors);
    }
}

using System.Text;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using MiniRuntime.Engine.Images;
using MiniRuntime.Engine.Processes;

namespace LibNetwork.Samples.Tests.Engine;

/// <summary>All that containers' processes need, in a folder and on a host of its own. Disposing fails when anything is left of a container.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly TestHost _host;
    private readonly ServiceProvider _services;
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-samples-").FullName;
    private readonly List<RunningProcess> _running = [];
    private int _containers;

    private Bench(TestHost host, ProcessLauncher? launcher)
    {
        _host = host;
        Launcher = launcher ?? new ProcessLauncher();
        ServiceCollection services = new();
        services.AddLibNetwork(options =>
        {
            options.HostNamespacePath = host.NamespacePath;
            options.RunDirectory = host.RunDirectory;
        }).AddBridgeDriver().AddHostDriver().AddNullDriver();
        _services = services.BuildServiceProvider();
        Images = new ImageStore(Path.Combine(_folder, "images"));
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ImageStore Images { get; }

    public ProcessLauncher Launcher { get; }

    private INetworkController Controller => _services.GetRequiredService<INetworkController>();

    public static async Task<Bench> CreateAsync(ProcessLauncher? launcher = null)
    {
        Busybox.SkipIfMissing();
        Bench bench = new(await TestHost.CreateAsync(), launcher);
        using MemoryStream archive = Busybox.Archive();
        await bench.Images.ImportAsync(archive, "bb", tag: null, Cancel);
        return bench;
    }

    /// <summary>What a container runs, in a folder of its own.</summary>
    public ProcessSpec Spec(params string[] command)
    {
        string id = $"c{_containers++}", folder = Path.Combine(_folder, "containers", id);
        Directory.CreateDirectory(folder);
        return new ProcessSpec
        {
            ContainerId = id,
            Folder = folder,
            ImageRoot = Images.Find("bb")!.RootFolder,   // imported above
            Command = command,
            HostName = "box",
        };
    }

    public Task<ISandbox> SandboxAsync(ProcessSpec spec, bool host = false)
        => Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = spec.ContainerId, UseHostNamespace = host }, Cancel);

    public async Task<RunningProcess> StartAsync(ProcessSpec spec) => await StartAsync(Launcher.Prepare(spec));

    public async Task<RunningProcess> StartAsync(PreparedProcess prepared)
    {
        RunningProcess running = await Launcher.StartAsync(prepared, await SandboxAsync(prepared.Spec), Cancel);
        _running.Add(running);
        return running;
    }

    /// <summary>Runs a script to its end.</summary>
    public Task<Outcome> RunAsync(string script) => RunAsync(Spec("sh", "-c", script));

    public async Task<Outcome> RunAsync(ProcessSpec spec)
    {
        RunningProcess process = await StartAsync(spec);
        int code = await process.Exited.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        (string output, string error) = await ReadAsync(new ContainerLog(spec.Folder).ReadAsync(tail: null, follow: false, process.Exited, Cancel));
        return new Outcome(code, output, error);
    }

    public static async Task<(string Output, string Error)> ReadAsync(IAsyncEnumerable<OutputChunk> chunks)
    {
        StringBuilder output = new(), error = new();
        await foreach (OutputChunk chunk in chunks)
        {
            (chunk.IsError ? error : output).Append(Encoding.UTF8.GetString(chunk.Data.Span));
        }

        return (output.ToString(), error.ToString());
    }

    /// <summary>Mounts and processes that have to do with this bench's folder.</summary>
    public IEnumerable<string> Leftovers()
        => File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains(_folder, StringComparison.Ordinal))
            .Concat(Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]) && Mentions(process)));

    public async ValueTask DisposeAsync()
    {
        foreach (RunningProcess process in _running)
        {
            process.Signal(9);
            await process.Exited;
        }

        string[] left = [.. Leftovers()];
        await _services.DisposeAsync();
        _host.Dispose();
        Assert.Empty(left);
        Directory.Delete(_folder, recursive: true);
    }

    private bool Mentions(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline").Contains(_folder, StringComparison.Ordinal)
                || File.ReadAllText($"{process}/mountinfo").Contains(_folder, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    internal sealed record Outcome(int Code, string Output, string Error);
}

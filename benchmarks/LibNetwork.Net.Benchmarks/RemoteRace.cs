using System.Diagnostics;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Plugins;
using LibNetwork.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Benchmarks;

/// <summary>
/// What a driver costs that is called by the plugin protocol over a socket: attaches with the same driver, which makes a veth pair in the host's namespace,
/// directly and behind a plugin. Client and server share this process's cores, as engine and plugin share a machine's.
/// </summary>
/// <remarks>
/// Moving an interface into the sandbox waits for one or two of the kernel's grace periods (some 16 ms each): how many, the moment decides, and not who made
/// the interface. So the moment is left to chance, and the wait is told apart from the rest.
/// </remarks>
internal sealed class RemoteRace : IKernelObserver
{
    private const int WarmUpRounds = 100;   // until the compiler has nothing left to do
    private const string Plugin = "pair";

    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(60);   // the namespace of the round before is gone
    private static readonly TimeSpan GracePeriod = TimeSpan.FromMilliseconds(16);

    private readonly string _hostPath;
    private long _moved;
    private long _wentOn;

    private RemoteRace(string hostPath) => _hostPath = hostPath;

    /// <summary>The move is the last change of a link on the host, and the next request comes when it is done.</summary>
    public void OnRequest(in KernelRequest request)
    {
        if (request.NamespacePath == _hostPath && request.Operation == "change link")
        {
            (_moved, _wentOn) = (Stopwatch.GetTimestamp(), 0);
        }
        else if (_wentOn == 0)
        {
            _wentOn = Stopwatch.GetTimestamp();
        }
    }

    public static async Task RunAsync(int rounds)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        RemoteRace race = new(host.NamespacePath);
        string folder = Directory.CreateDirectory(Path.Combine(host.Folder, "plugins")).FullName;
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.NamespacePath });
        PairDriver driver = new("local-" + Plugin, kernel);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ListenOnDockerPluginSocket(Path.Combine(folder, Plugin + ".sock"));
        await using WebApplication server = builder.Build();
        server.MapDockerNetworkPlugin(driver, new DockerPluginOptions { HostNamespacePath = host.NamespacePath });
        await server.StartAsync();
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options =>
                (options.HostNamespacePath, options.RunDirectory, options.KernelObserver) = (host.NamespacePath, host.RunDirectory, race))
            .AddRemoteDrivers(options => options.SocketFolders = [folder]).Services
            .AddSingleton<INetworkDriver>(driver)
            .BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork direct = await controller.CreateNetworkAsync(new NetworkSpec { Name = "direct", Driver = driver.Name });
        INetwork remote = await controller.CreateNetworkAsync(new NetworkSpec { Name = "remote", Driver = Plugin });

        List<Sample> directly = [], remotely = [];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            (directly, remotely) = round == 0 ? ([], []) : (directly, remotely);
            directly.Add(await race.AttachAsync(controller, direct));
            remotely.Add(await race.AttachAsync(controller, remote));
        }

        Console.WriteLine($"{"us",-40}{"in this process",18}{"behind a plugin",18}{"difference",12}");
        foreach ((string share, int place) in ((string, int)[])[("median", rounds / 2), ("lowest decile", rounds / 10)])   // others of the machine hold the kernel's lock too
        {
            Print($"attach, {share}", place, directly, remotely, static sample => sample.Attach);
            Print("  the kernel's move", place, directly, remotely, static sample => sample.Move);
            Print("  all else", place, directly, remotely, static sample => sample.Attach - sample.Move);
        }
    }

    private static void Print(string name, int place, List<Sample> directly, List<Sample> remotely, Func<Sample, double> value)
    {
        double here = directly.Select(value).Order().ElementAt(place), there = remotely.Select(value).Order().ElementAt(place);
        Console.WriteLine($"{name,-40}{here,18:F0}{there,18:F0}{there - here,12:F0}");
    }

    private async Task<Sample> AttachAsync(INetworkController controller, INetwork network)
    {
        ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
        Quiet.For(Settled + (Random.Shared.NextDouble() * GracePeriod));
        long start = Stopwatch.GetTimestamp();
        await network.AttachAsync(sandbox, new EndpointSpec { Name = "one" });
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        double move = Stopwatch.GetElapsedTime(_moved, _wentOn).TotalMicroseconds;
        await sandbox.DeleteAsync();
        await controller.DrainAsync();
        return new Sample(time, move);
    }

    private readonly record struct Sample(double Attach, double Move);

    /// <summary>Makes a pair of interfaces on the host for each endpoint, of which the controller moves one.</summary>
    private sealed class PairDriver(string name, HostKernel kernel) : INetworkDriver
    {
        private const string Moved = "pair0";

        public string Name => name;

        public DriverCapabilities Capabilities { get; } = new();

        public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(new DriverEndpoint());

        public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public async ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default)
        {
            await kernel.RunAsync(
                static (session, _) =>
                {
                    session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "pair1", PeerName = Moved });
                    session.Route.Execute();
                    return true;
                },
                state: 0,
                cancellationToken);
            return new DriverJoin { SourceName = new InterfaceName(Moved), DisableGatewayService = true };
        }

        public async ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
            => await kernel.RunAsync(
                static (session, _) =>
                {
                    session.Route.Batch.DeleteLink("pair1");
                    session.Route.ExecuteUnlessGone();
                    return true;
                },
                state: 0,
                cancellationToken);
    }
}

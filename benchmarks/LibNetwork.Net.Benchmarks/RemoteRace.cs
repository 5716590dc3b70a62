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
internal static class RemoteRace
{
    private const int WarmUpRounds = 100;   // until the compiler has nothing left to do
    private const string Plugin = "pair";

    public static async Task RunAsync(int rounds)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
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
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddRemoteDrivers(options => options.SocketFolders = [folder]).Services
            .AddSingleton<INetworkDriver>(driver)
            .BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork direct = await controller.CreateNetworkAsync(new NetworkSpec { Name = "direct", Driver = driver.Name });
        INetwork remote = await controller.CreateNetworkAsync(new NetworkSpec { Name = "remote", Driver = Plugin });

        List<double> directly = [], remotely = [];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            (directly, remotely) = round == 0 ? ([], []) : (directly, remotely);
            directly.Add(await AttachAsync(controller, direct));
            remotely.Add(await AttachAsync(controller, remote));
        }

        directly.Sort();
        remotely.Sort();
        foreach ((string name, int place) in new[] { ("median", rounds / 2), ("lowest decile", rounds / 10) })
        {
            Console.WriteLine(
                $"{name}: attach with the driver in this process {directly[place]:F0} us, behind a plugin {remotely[place]:F0} us; the protocol costs {remotely[place] - directly[place]:F0} us");
        }
    }

    private static async Task<double> AttachAsync(INetworkController controller, INetwork network)
    {
        ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
        long start = Stopwatch.GetTimestamp();
        await network.AttachAsync(sandbox, new EndpointSpec { Name = "one" });
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        await sandbox.DeleteAsync();
        await controller.DrainAsync();
        return time;
    }

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

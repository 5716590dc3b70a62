using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>
/// Connections from outside through a published port: where it is the only one, where it is one of ten thousand, and where ten thousand
/// are rules in a row, as dockerd writes them.
/// </summary>
internal sealed class PublishedTraffic : IAsyncDisposable
{
    private const int Many = 10_000;
    private const int FirstPort = 20_000;
    private const int PerEndpoint = 500;
    private const int Connections = 1_000;
    private const ushort ContainerPort = 80;
    private const string ListTable = "list";

    private static readonly TimeSpan StreamTime = TimeSpan.FromMilliseconds(400);

    private readonly TestHost _host;
    private readonly ServiceProvider _services;
    private readonly Socket _listener;
    private readonly List<double> _rates = [];
    private readonly List<double> _throughputs = [];

    private PublishedTraffic(string name, TestHost host, ServiceProvider services, Socket listener)
        => (Name, _host, _services, _listener) = (name, host, services, listener);

    private string Name { get; }

    public static async Task RunAsync(int rounds)
    {
        await using PublishedTraffic one = await StartAsync("one port published", published: 1, listed: 0);
        await using PublishedTraffic many = await StartAsync($"{Many} published", published: Many, listed: 0);
        await using PublishedTraffic list = await StartAsync($"{Many} as rules in a row", published: 0, listed: Many);
        PublishedTraffic[] all = [one, many, list];
        for (int round = -1; round < rounds; round++)
        {
            Random.Shared.Shuffle(all);
            foreach (PublishedTraffic host in all)
            {
                await host.MeasureAsync(counts: round >= 0);
            }
        }

        Console.WriteLine($"{"median of " + rounds,-34}{"connects/s",12}{"ratio",8}{"Gbit/s",10}{"ratio",8}");
        foreach (PublishedTraffic host in (PublishedTraffic[])[one, many, list])
        {
            Console.WriteLine($"{host.Name,-34}{Contest.Median(host._rates),12:F0}{Contest.Median(host._rates) / Contest.Median(one._rates),8:F2}"
                + $"{Contest.Median(host._throughputs),10:F1}{Contest.Median(host._throughputs) / Contest.Median(one._throughputs),8:F2}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
        _host.Dispose();
    }

    /// <summary>Makes a host with a server in a container, which is reached by the last port of all.</summary>
    private static async Task<PublishedTraffic> StartAsync(string name, int published, int listed)
    {
        TestHost host = await TestHost.CreateAsync(forwards: true);
        ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec
        {
            Name = "web",
            Options = new Dictionary<string, string> { ["com.docker.network.bridge.gateway_mode_ipv4"] = listed > 0 ? "nat-unprotected" : "nat" },
        });
        for (int other = 0; other < published - 1; other += PerEndpoint)
        {
            await AttachAsync($"c{other}", Enumerable.Range(FirstPort + other, Math.Min(PerEndpoint, published - 1 - other)));
        }

        (ISandbox sandbox, IEndpoint endpoint) = await AttachAsync("server", published > 0 ? [FirstPort + Many - 1] : []);
        Socket listener = sandbox.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, ContainerPort));
        listener.Listen(backlog: 512);
        if (listed > 0)
        {
            await ListAsync(host, endpoint.State.IPv4!.Value.Address, listed);
        }

        return new PublishedTraffic(name, host, services, listener);

        async Task<(ISandbox Sandbox, IEndpoint Endpoint)> AttachAsync(string container, IEnumerable<int> ports)
        {
            ISandbox inside = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = container });
            PortBinding[] bindings = [.. ports.Select(port => PortBinding.Parse($"0.0.0.0:{port}:{ContainerPort}"))];
            return (inside, await network.AttachAsync(inside, new EndpointSpec { Name = container, PortBindings = bindings }));
        }
    }

    /// <summary>One rule that translates and one that accepts for each port, each tried after the one before it.</summary>
    private static async Task ListAsync(TestHost host, IPAddress server, int count)
    {
        const byte Tcp = 6;
        const int DestinationNat = -100, Filter = 0;
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.NamespacePath });
        await kernel.RunAsync(
            static (session, state) =>
            {
                NftTransaction rules = session.Nftables.Begin();
                rules.AddTable(NftFamily.IPv4, ListTable);
                rules.AddChain(NftFamily.IPv4, ListTable, "translate");
                rules.AddChain(NftFamily.IPv4, ListTable, "accept");
                rules.AddBaseChain(NftFamily.IPv4, ListTable, "prerouting", NftHook.Prerouting, NftChainType.Nat, DestinationNat);
                rules.AddRule(
                    NftFamily.IPv4, ListTable, "prerouting", new NftRule().FibDestinationType(NftAddressType.Local).Jump("translate"));
                rules.AddBaseChain(NftFamily.IPv4, ListTable, "forward", NftHook.Forward, NftChainType.Filter, Filter);
                rules.AddRule(NftFamily.IPv4, ListTable, "forward", new NftRule().CtState(NftCtState.Established | NftCtState.Related).Accept());
                rules.AddRule(NftFamily.IPv4, ListTable, "forward", new NftRule().Jump("accept"));
                for (int i = 0; i < state.count; i++)
                {
                    // All but the last belong to other containers.
                    IPAddress address = i == state.count - 1 ? state.server : IPAddress.Parse($"198.18.{i / 250}.{(i % 250) + 1}");
                    rules.AddRule(
                        NftFamily.IPv4, ListTable, "translate",
                        new NftRule().L4Proto(Tcp).DestinationPort((ushort)(FirstPort + i)).Counter().Dnat(address, ContainerPort));
                    rules.AddRule(
                        NftFamily.IPv4, ListTable, "accept", new NftRule().Destination(address).L4Proto(Tcp).DestinationPort(ContainerPort).Counter().Accept());
                }

                session.Nftables.Commit(rules);
                return 0;
            },
            (server, count));
    }

    private async Task MeasureAsync(bool counts)
    {
        double rate = await MeasureConnectsAsync();
        double throughput = await TcpStream.MeasureAsync(_listener, Connect, StreamTime);
        if (counts)
        {
            _rates.Add(rate);
            _throughputs.Add(throughput);
        }
    }

    private async Task<double> MeasureConnectsAsync()
    {
        Task server = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Connections; i++)
                {
                    _listener.Accept().Dispose();
                }
            },
            TaskCreationOptions.LongRunning);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Connections; i++)
        {
            using Socket client = Connect();
            client.LingerState = new LingerOption(enable: true, seconds: 0);   // leaves nothing that waits
        }

        double time = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await server;
        return Connections / time;
    }

    private Socket Connect()
    {
        Socket client = _host.Outside.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv4), FirstPort + Many - 1));
        return client;
    }
}

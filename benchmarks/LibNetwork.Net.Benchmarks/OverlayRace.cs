using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>
/// One TCP stream between sandboxes of two hosts by an overlay network, and by a tunnel and bridges that are made by hand between the same hosts, round by
/// round; and how long a thousand peers take.
/// </summary>
internal sealed class OverlayRace : IAsyncDisposable
{
    private const int Peers = 1_000;
    private const int Port = 7_000;
    private const uint HandMadeVni = 77;

    private static readonly TimeSpan StreamTime = TimeSpan.FromMilliseconds(400);

    private readonly Underlay _underlay;
    private readonly List<ServiceProvider> _services = [];
    private readonly List<ISandbox> _sandboxes = [];
    private readonly List<NetworkNamespace> _handMade = [];

    private OverlayRace(Underlay underlay) => _underlay = underlay;

    public static async Task RunAsync(int rounds)
    {
        await using OverlayRace race = new(await Underlay.CreateAsync(2));
        await race.BuildAsync();
        for (int host = 0; host < 2; host++)
        {
            await race.BuildByHandAsync(host);
        }

        List<double> ours = [], byHand = [];
        for (int round = -1; round < rounds; round++)
        {
            (List<double> Rates, Func<int, Func<AddressFamily, SocketType, ProtocolType, Socket>> Open, string Target)[] ways =
            [
                (ours, host => race._sandboxes[host].OpenSocket, "10.9.2.1"),
                (byHand, host => race._handMade[host].OpenSocket, "10.8.0.2"),
            ];
            Random.Shared.Shuffle(ways);
            foreach ((List<double> rates, Func<int, Func<AddressFamily, SocketType, ProtocolType, Socket>> open, string target) in ways)
            {
                double rate = await StreamAsync(open(0), open(1), IPAddress.Parse(target));
                if (round >= 0)
                {
                    rates.Add(rate);
                }
            }
        }

        Console.WriteLine($"median of {rounds}: overlay {Contest.Median(ours):F2} Gbit/s, by hand {Contest.Median(byHand):F2} Gbit/s, "
            + $"ratio of medians {Contest.Median(ours) / Contest.Median(byHand):F3}, median of ratios {Contest.Median([.. ours.Zip(byHand, static (a, b) => a / b)]):F3}");
        await race.TellPeersAsync(nodes: 10);
        await race.TellPeersAsync(nodes: Peers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkNamespace inside in _handMade)
        {
            inside.Dispose();
        }

        foreach (ServiceProvider services in _services)
        {
            foreach (ISandbox sandbox in services.GetRequiredService<INetworkController>().Sandboxes)
            {
                await sandbox.DeleteAsync();
            }

            await services.DisposeAsync();
        }

        _underlay.Dispose();
        foreach (TestHost host in _underlay.Hosts.Reverse())
        {
            host.Dispose();
        }
    }

    private async Task BuildAsync()
    {
        List<OverlayPeer> all = [];
        List<INetwork> networks = [];
        for (int host = 0; host < 2; host++)
        {
            TestHost place = _underlay.Hosts[host];
            IPAddress address = Underlay.IPv4(host);
            ServiceProvider services = new ServiceCollection()
                .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (place.NamespacePath, place.RunDirectory))
                .AddOverlayDriver(options => options.AdvertiseAddress = address).Services.BuildServiceProvider();
            _services.Add(services);
            INetworkController controller = services.GetRequiredService<INetworkController>();
            INetwork network = await controller.CreateNetworkAsync(new NetworkSpec
            {
                Name = "net",
                Driver = "overlay",
                Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/16") }],
                Options = new Dictionary<string, string> { ["com.docker.network.driver.overlay.vxlanid_list"] = "4242" },
            });
            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"c{host}" });
            IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e", IPv4Address = IPAddress.Parse($"10.9.{host + 1}.1") });
            _sandboxes.Add(sandbox);
            networks.Add(network);
            all.Add(new OverlayPeer { IPv4 = endpoint.State.IPv4!.Value.Address, MacAddress = endpoint.State.MacAddress!.Value, NodeAddress = address });
        }

        for (int host = 0; host < 2; host++)
        {
            await _services[host].GetRequiredService<IOverlayPeers>().ReplaceAsync(networks[host].Id, [all[1 - host]]);
        }
    }

    /// <summary>The same as somebody would make it with a few commands: a bridge, a tunnel to the other host, a cable.</summary>
    private async Task BuildByHandAsync(int host)
    {
        NetworkNamespace inside = NetworkNamespace.Create();
        _handMade.Add(inside);
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = _underlay.Hosts[host].NamespacePath });
        await kernel.RunAsync(
            static (session, state) =>
            {
                const uint Mtu = 1450;
                RtNetlinkBatch batch = session.Route.Batch;
                batch.CreateBridge(new BridgeLinkSpec { Name = "hand", Up = true });
                int bridge = session.Route.ExecuteAndFindLink("hand")!.Index;   // just made
                batch.CreateVxlan(new VxlanLinkSpec
                {
                    Name = "handvx", Vni = HandMadeVni, Local = Underlay.IPv4(state.host), Remote = Underlay.IPv4(1 - state.host), Learning = true, Master = bridge, Mtu = Mtu, Up = true,
                });
                batch.CreateVeth(new VethLinkSpec
                {
                    Name = "handve", Master = bridge, Mtu = Mtu, Up = true, PeerName = "eth0", PeerMtu = Mtu, PeerNamespaceDescriptor = state.inside.Descriptor,
                });
                session.Route.Execute();
                using RtNetlink route = session.OpenRoute(state.inside);
                int index = route.FindLink("eth0")!.Index;   // just made
                route.Batch.ChangeLink(index, new LinkChange { Up = true });
                route.Batch.AddAddress(index, IPAddress.Parse($"10.8.0.{state.host + 1}"), 24);
                route.Execute();
                return true;
            },
            (host, inside));
    }

    private async Task TellPeersAsync(int nodes)
    {
        const int Rounds = 20;
        IOverlayPeers peers = _services[0].GetRequiredService<IOverlayPeers>();
        NetworkId network = _services[0].GetRequiredService<INetworkController>().GetNetwork("net").Id;
        OverlayPeer[] many = [.. Enumerable.Range(0, Peers).Select(i =>
        {
            IPAddress address = IPAddress.Parse($"10.9.{100 + (i / 250)}.{1 + (i % 250)}");
            return new OverlayPeer { IPv4 = address, MacAddress = MacAddress.Of(address), NodeAddress = IPAddress.Parse($"198.51.{i % nodes / 200}.{10 + (i % nodes % 200)}") };
        })];
        List<double> adding = [], removing = [];
        for (int round = -2; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await peers.AddAsync(network, many);
            double added = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            await peers.RemoveAsync(network, many);
            if (round >= 0)
            {
                adding.Add(added);
                removing.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        Console.WriteLine($"{Peers} peers on {nodes} nodes: added in {Contest.Median(adding):F1} ms, removed in {Contest.Median(removing):F1} ms (medians of {Rounds})");
    }

    private static async Task<double> StreamAsync(
        Func<AddressFamily, SocketType, ProtocolType, Socket> from, Func<AddressFamily, SocketType, ProtocolType, Socket> to, IPAddress address)
    {
        using Socket listener = to(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen();
        return await TcpStream.MeasureAsync(listener, Connect, StreamTime);

        Socket Connect()
        {
            Socket client = from(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(new IPEndPoint(address, Port));
            return client;
        }
    }
}

using System.Diagnostics;
using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Benchmarks;

/// <summary>The bare kernel requests for the objects of an endpoint and of a network, as every tool makes them.</summary>
/// <remarks>Each method returns microseconds that are taken on the thread that makes the requests, from the first to the last answer.</remarks>
internal sealed class KernelFloor : IAsyncDisposable
{
    private const int Bridge = 500;
    private readonly HostKernel _kernel;
    private readonly TestHost _host;
    private readonly List<string> _paths = [];
    private readonly List<(NetworkNamespace Namespace, RtNetlink Route)> _open = [];
    private readonly List<int> _bridges = [];
    private int _count;

    private KernelFloor(TestHost host)
    {
        _host = host;
        _kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.NamespacePath });
    }

    public static async Task<KernelFloor> CreateAsync(TestHost host)
    {
        KernelFloor floor = new(host);
        await floor._kernel.RunAsync(
            static (session, _) =>
            {
                RtNetlinkBatch batch = session.Route.Batch;
                batch.CreateBridge(new BridgeLinkSpec { Name = "floor", Index = Bridge, Up = true });
                batch.AddAddress(Bridge, IPAddress.Parse("10.251.0.1"), 16);
                batch.AddAddress(Bridge, IPAddress.Parse("fd00:251::1"), 64);
                batch.CreateVeth(new VethLinkSpec { Name = "resident0", Master = Bridge, Up = true, PeerName = "resident1" });
                batch.ChangeLink("resident1", new LinkChange { Up = true });
                session.Route.Execute();
                return 0;
            },
            0);
        return floor;
    }

    /// <summary>A namespace with its loopback up, and in it one end of a cable with addresses and default routes.</summary>
    /// <param name="isQuiet">Whether what is sent to many does not reach the other cables' ends, as on our networks.</param>
    public ValueTask<double> ConnectWithNamespaceAsync(bool isQuiet = false) => _kernel.RunAsync(
        static (session, state) => state.self.Time(() => state.self.Connect(session, state.self.Open(session), isQuiet: state.isQuiet)), (self: this, isQuiet));

    /// <summary>The same into a namespace that is there already.</summary>
    /// <param name="queues">How many queues the cable has; by default the kernel decides.</param>
    public ValueTask<double> ConnectAsync(uint? queues = null) => _kernel.RunAsync(
        static (session, state) =>
        {
            (NetworkNamespace, RtNetlink) ready = state.self.Open(session);
            return state.self.Time(() => state.self.Connect(session, ready, state.queues));
        },
        (self: this, queues));

    /// <summary>A bridge with two addresses, up.</summary>
    public ValueTask<double> CreateBridgeAsync() => _kernel.RunAsync(
        static (session, self) => self.Time(() =>
        {
            int index = 10_000 + ++self._count;
            RtNetlinkBatch batch = session.Route.Batch;
            batch.CreateBridge(new BridgeLinkSpec { Name = $"fb{self._count}", Index = index });
            batch.AddAddress(index, IPAddress.Parse("10.250.0.1"), 24);
            batch.AddAddress(index, IPAddress.Parse("fd00:250::1"), 64);
            batch.ChangeLink(index, new LinkChange { Up = true });
            session.Route.Execute();
            self._bridges.Add(index);
        }),
        this);

    /// <summary>Removes all that was connected and created.</summary>
    public async Task ClearAsync()
    {
        await _kernel.RunAsync(
            static (session, self) =>
            {
                foreach ((NetworkNamespace inside, RtNetlink route) in self._open)
                {
                    route.Dispose();
                    inside.Dispose();
                }

                foreach (string path in self._paths)
                {
                    session.UnpinNamespace(path);
                }

                foreach (int bridge in self._bridges)
                {
                    session.Route.Batch.ChangeLink(bridge, new LinkChange { Group = LinkReaper.CondemnedGroup });
                }

                session.Route.Execute();
                self._open.Clear();
                self._paths.Clear();
                self._bridges.Clear();
                session.Reaper.Notify();
                return 0;
            },
            this);
        await _kernel.Reaper.DrainAsync();
    }

    public ValueTask DisposeAsync() => _kernel.DisposeAsync();

    private double Time(Action requests)
    {
        long start = Stopwatch.GetTimestamp();
        requests();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private (NetworkNamespace Namespace, RtNetlink Route) Open(KernelSession session)
    {
        string path = Path.Combine(_host.Folder, $"floor{++_count}");
        NetworkNamespace inside = session.CreateNamespace(path);
        _paths.Add(path);
        RtNetlink route = session.OpenRoute(inside);
        _open.Add((inside, route));
        route.Batch.ChangeLink(1, new LinkChange { Up = true });
        route.Execute();
        return _open[^1];
    }

    private void Connect(KernelSession session, (NetworkNamespace Namespace, RtNetlink Route) inside, uint? queues = null, bool isQuiet = false)
    {
        const int Interface = 2;
        int port = 100_000 + ++_count;
        session.Route.Batch.CreateVeth(new VethLinkSpec
        {
            Name = $"fv{_count}", Index = port, Mtu = 1500, Master = Bridge, Up = true, Queues = queues,
            PeerName = "eth0", PeerIndex = Interface, PeerMtu = 1500, PeerNamespaceDescriptor = inside.Namespace.Descriptor,
        });
        if (isQuiet)
        {
            session.Route.Batch.ChangeLink(port, new LinkChange { BridgePort = new BridgePortChange { MulticastFlood = false } });
        }

        session.Route.Execute();
        RtNetlinkBatch batch = inside.Route.Batch;
        batch.ChangeLink(Interface, new LinkChange { Up = true });
        batch.AddAddress(Interface, IPAddress.Parse("10.251.0.2"), 16);
        batch.AddAddress(Interface, IPAddress.Parse("fd00:251::2"), 64);
        batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse("10.251.0.1"), OutputInterface = Interface });
        batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("::/0"), Gateway = IPAddress.Parse("fd00:251::1"), OutputInterface = Interface });
        inside.Route.Execute();
    }
}

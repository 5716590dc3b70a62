using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Benchmarks;

/// <summary>The bare kernel requests for the objects of an endpoint and of a network, without anything around them.</summary>
internal sealed class KernelFloor : IAsyncDisposable
{
    private const int Bridge = 500;
    private readonly HostKernel _kernel;
    private readonly TestHost _host;
    private readonly List<string> _paths = [];
    private readonly List<(NetworkNamespace Namespace, RtNetlink Route)> _open = [];
    private (NetworkNamespace Namespace, RtNetlink Route)? _ready;
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
                session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "floor", Index = Bridge, Up = true });
                session.Route.Execute();
                return 0;
            },
            0);
        return floor;
    }

    public async Task ConnectWithNamespaceAsync() => await _kernel.RunAsync(
        static (session, self) =>
        {
            (NetworkNamespace, RtNetlink) inside = self.Open(session);
            inside.Item2.Batch.ChangeLink(1, new LinkChange { Up = true });
            self.Connect(session, inside);
            return 0;
        },
        this);

    /// <summary>Makes the namespace that <see cref="ConnectAsync"/> connects.</summary>
    public async Task PrepareAsync() => await _kernel.RunAsync(
        static (session, self) =>
        {
            self._ready = self.Open(session);
            return 0;
        },
        this);

    public async Task ConnectAsync() => await _kernel.RunAsync(
        static (session, self) =>
        {
            self.Connect(session, self._ready!.Value);   // PrepareAsync comes first
            return 0;
        },
        this);

    public async Task CreateBridgeAsync() => await _kernel.RunAsync(
        static (session, self) =>
        {
            int index = 10_000 + ++self._count;
            RtNetlinkBatch batch = session.Route.Batch;
            batch.CreateBridge(new BridgeLinkSpec { Name = $"fb{self._count}", Index = index });
            batch.AddAddress(index, IPAddress.Parse("10.250.0.1"), 24);
            batch.AddAddress(index, IPAddress.Parse("fd00:250::1"), 64);
            batch.ChangeLink(index, new LinkChange { Up = true, Group = LinkReaper.CondemnedGroup });
            session.Route.Execute();
            return 0;
        },
        this);

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

                self._open.Clear();
                self._paths.Clear();
                session.Reaper.Notify();
                return 0;
            },
            this);
        await _kernel.Reaper.DrainAsync();
    }

    public ValueTask DisposeAsync() => _kernel.DisposeAsync();

    private (NetworkNamespace Namespace, RtNetlink Route) Open(KernelSession session)
    {
        string path = Path.Combine(_host.Folder, $"floor{++_count}");
        NetworkNamespace inside = session.CreateNamespace(path);
        _paths.Add(path);
        _open.Add((inside, session.OpenRoute(inside)));
        return _open[^1];
    }

    private void Connect(KernelSession session, (NetworkNamespace Namespace, RtNetlink Route) inside)
    {
        const int Interface = 2;
        string name = $"fv{++_count}";
        session.Route.Batch.CreateVeth(new VethLinkSpec
        {
            Name = name, Mtu = 1500, Master = Bridge, Group = LinkReaper.CondemnedGroup, Up = true,
            PeerName = "eth0", PeerIndex = Interface, PeerMtu = 1500, PeerNamespaceDescriptor = inside.Namespace.Descriptor,
        });
        session.Route.Execute();
        RtNetlinkBatch batch = inside.Route.Batch;
        batch.ChangeLink(Interface, new LinkChange { Up = true });
        batch.AddAddress(Interface, IPAddress.Parse("10.251.0.2"), 16);
        batch.AddAddress(Interface, IPAddress.Parse("fd00:251::2"), 64);
        batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse("10.251.0.1"), OutputInterface = Interface });
        batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("::/0"), Gateway = IPAddress.Parse("fd00:251::1"), OutputInterface = Interface });
        batch.SettleLink(Interface);
        inside.Route.Execute();
        session.Route.Batch.SettleLink(name);
        session.Route.Batch.SettleLink(Bridge);
        session.Route.Execute();
    }
}

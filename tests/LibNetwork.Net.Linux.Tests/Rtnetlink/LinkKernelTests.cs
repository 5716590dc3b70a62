using System.Net;
using System.Net.NetworkInformation;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Rtnetlink;

[Trait("Category", "Kernel")]
public sealed class LinkKernelTests
{
    private static readonly PhysicalAddress Station = PhysicalAddress.Parse("02-42-0A-00-00-02");

    [Fact]
    public async Task Bridge_is_created_found_changed_and_deleted()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            RtNetlink route = session.Route;
            route.Batch.CreateBridge(new BridgeLinkSpec
            {
                Name = "br0",
                Address = Station,
                Mtu = 1400,
                Up = true,
                Group = 5,
                MulticastSnooping = false,
                SpanningTree = false,
            });
            route.Execute();
            LinkInfo bridge = Assert.IsType<LinkInfo>(route.FindLink("br0"));
            Assert.Equal(("bridge", Station, 1400u, true, 5u), (bridge.Kind, bridge.PhysicalAddress, bridge.Mtu, bridge.Up, bridge.Group));
            Assert.Equal(bridge with { Statistics = null }, route.FindLink(bridge.Index)! with { Statistics = null });

            route.Batch.ChangeLink(bridge.Index, new LinkChange { Up = false });
            route.Batch.ChangeLink(bridge.Index, new LinkChange { NewName = "br1" });
            route.Batch.ChangeLink("br1", new LinkChange { Mtu = 1300, Group = 6, Alias = "the bridge", Promiscuous = true });
            route.Execute();
            LinkInfo changed = Assert.IsType<LinkInfo>(route.FindLink("br1"));
            Assert.Equal((false, 1300u, 6u, "the bridge"), (changed.Up, changed.Mtu, changed.Group, changed.Alias));
            Assert.Equal(0x100u, changed.Flags & 0x100);
            Assert.Null(route.FindLink("br0"));

            route.Batch.ChangeLink("br1", new LinkChange { Alias = string.Empty, Promiscuous = false });
            route.Execute();
            Assert.Null(route.FindLink("br1")!.Alias);

            route.Batch.DeleteLink("br1");
            route.Batch.DeleteLink("br1");
            route.Batch.DeleteLink(bridge.Index);
            route.Execute();
            Assert.Null(route.FindLink(bridge.Index));
        });
    }

    [Theory]
    [InlineData(true, "1")]
    [InlineData(false, "0")]
    public async Task Loopback_is_routed_by_a_link_that_is_told_to(bool wanted, string parameter)
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "br0" });
            session.Route.Batch.ChangeLink("br0", new LinkChange { RoutesLoopback = !wanted });
            session.Route.Batch.ChangeLink("br0", new LinkChange { RoutesLoopback = wanted, GenerateLinkLocal = false });
            session.Route.Batch.ChangeLink("br0", new LinkChange { Up = true });   // says nothing of it
            session.Route.Execute();

            Assert.Equal(wanted, session.Route.FindLink("br0")!.RoutesLoopback);
            Assert.Equal(parameter, session.ReadSysctl(session.HostNamespace, "net/ipv4/conf/br0/route_localnet"));
        });
    }

    [Fact]
    public async Task Bridge_that_filters_vlans_is_created()
    {
        Assert.SkipUnless(KernelFeature.BridgeVlanFiltering.IsSupported, KernelFeature.BridgeVlanFiltering.Reason ?? string.Empty);
        await CreatesAsync("bridge", static (batch, _) => batch.CreateBridge(
            new BridgeLinkSpec { Name = "x0", VlanFiltering = true, DefaultVlan = 10 }));
    }

    [Fact]
    public async Task Veth_is_born_with_its_peer_in_another_namespace()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            using NetworkNamespace inside = session.CreateNamespace(host.PathOf("c1"));
            RtNetlink route = session.Route;
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "br0", Up = true });
            route.Execute();
            int bridge = route.FindLink("br0")!.Index;

            route.Batch.CreateVeth(new VethLinkSpec
            {
                Name = "v0",
                Mtu = 1450,
                Master = bridge,
                Group = 9,
                Up = true,
                TransmitQueueLength = 77,
                PeerName = "eth0",
                PeerIndex = 2,
                PeerAddress = Station,
                PeerMtu = 1450,
                PeerNamespaceDescriptor = inside.Descriptor,
            });
            route.Execute();

            using RtNetlink container = session.OpenRoute(inside);
            LinkInfo peer = Assert.IsType<LinkInfo>(container.FindLink("eth0"));
            Assert.Equal((2, Station, 1450u, false, "veth"), (peer.Index, peer.PhysicalAddress, peer.Mtu, peer.Up, peer.Kind));
            container.Batch.ChangeLink(peer.Index, new LinkChange { Up = true });
            container.Batch.SettleLink(peer.Index);
            container.Execute();
            route.Batch.SettleLink("v0");
            route.Batch.SettleLink(bridge);
            route.Execute();
            LinkInfo end = Assert.IsType<LinkInfo>(route.FindLink("v0"));
            Assert.Equal((bridge, 9u, 1450u, true, true, 2), (end.Master, end.Group, end.Mtu, end.Up, end.Carrier, end.LinkIndex));
            Assert.Equal(OperationalState.Up, end.OperState);
            Assert.Null(route.FindLink("eth0"));

            route.Batch.ChangeLink(end.Index, new LinkChange
            {
                BridgePort = new BridgePortChange
                {
                    Isolated = true,
                    Hairpin = true,
                    Learning = false,
                    Flood = false,
                    MulticastFlood = false,
                    BroadcastFlood = true,
                    NeighbourSuppression = true,
                    Guard = true,
                },
            });
            route.Batch.ChangeLink(end.Index, new LinkChange { Master = 0 });
            route.Execute();
            Assert.Null(route.FindLink(end.Index)!.Master);
        });
    }

    [Fact]
    public async Task Bridge_port_settings_reach_the_kernel()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "br0", Index = 40 });
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "v0", PeerName = "v1", Master = 40 });
            session.Route.Batch.ChangeLink(
                "v0", new LinkChange { BridgePort = new BridgePortChange { Isolated = true, Hairpin = true, Learning = false, Flood = false } });
            session.Route.Execute();
        });

        string shown = await ShellTool.RunAsync(host.Kernel.HostNamespace, "ip", "-d", "link", "show", "v0");

        Assert.Contains("isolated on", shown, StringComparison.Ordinal);
        Assert.Contains("hairpin on", shown, StringComparison.Ordinal);
        Assert.Contains("learning off", shown, StringComparison.Ordinal);
        Assert.Contains("flood off", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vxlan_has_what_it_was_created_with()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            session.Route.Batch.CreateVxlan(new VxlanLinkSpec
            {
                Name = "vx4",
                Vni = 4097,
                Local = IPAddress.Parse("10.0.0.1"),
                Remote = IPAddress.Parse("10.0.0.2"),
                TimeToLive = 8,
                Proxy = true,
                L2Miss = true,
                L3Miss = true,
                UdpChecksum = true,
                Mtu = 1400,
                Group = 3,
            });
            session.Route.Batch.CreateVxlan(new VxlanLinkSpec
            {
                Name = "vx6",
                Vni = 4098,
                Port = 4790,
                Local = IPAddress.Parse("fd00::1"),
                Remote = IPAddress.Parse("fd00::2"),
                Learning = true,
                UdpZeroChecksum6Transmit = true,
                UdpZeroChecksum6Receive = true,
            });
            session.Route.Execute();
            Assert.Equal(("vxlan", 1400u, 3u), session.Route.FindLink("vx4") is { } link ? (link.Kind!, link.Mtu, link.Group) : default);
        });

        string four = await ShellTool.RunAsync(host.Kernel.HostNamespace, "ip", "-d", "link", "show", "vx4");
        string six = await ShellTool.RunAsync(host.Kernel.HostNamespace, "ip", "-d", "link", "show", "vx6");

        Assert.Contains("vxlan id 4097 remote 10.0.0.2 local 10.0.0.1", four, StringComparison.Ordinal);
        Assert.Contains("dstport 4789", four, StringComparison.Ordinal);
        Assert.Contains("nolearning", four, StringComparison.Ordinal);
        Assert.Contains("proxy l2miss l3miss", four, StringComparison.Ordinal);
        Assert.Contains("ttl 8", four, StringComparison.Ordinal);
        Assert.Contains("vxlan id 4098 remote fd00::2 local fd00::1", six, StringComparison.Ordinal);
        Assert.Contains("dstport 4790", six, StringComparison.Ordinal);
        Assert.Contains("udp6zerocsumtx udp6zerocsumrx", six, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Macvlan_is_born_in_another_namespace_on_a_parent_here()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            using NetworkNamespace inside = session.CreateNamespace(host.PathOf("c1"));
            int parent = CreateParent(session.Route);
            session.Route.Batch.CreateMacvlan(new MacvlanLinkSpec
            {
                Name = "eth0",
                Parent = parent,
                Mode = MacvlanMode.Private,
                Address = Station,
                NamespaceDescriptor = inside.Descriptor,
            });
            session.Route.Execute();

            using RtNetlink container = session.OpenRoute(inside);
            LinkInfo link = Assert.IsType<LinkInfo>(container.FindLink("eth0"));
            Assert.Equal(("macvlan", Station, parent), (link.Kind, link.PhysicalAddress, link.LinkIndex));
        });
    }

    [Fact]
    public async Task Ipvlan_is_created()
    {
        Assert.SkipUnless(KernelFeature.Ipvlan.IsSupported, KernelFeature.Ipvlan.Reason ?? string.Empty);
        await CreatesAsync("ipvlan", static (batch, parent) => batch.CreateIpvlan(
            new IpvlanLinkSpec { Name = "x0", Parent = parent, Mode = IpvlanMode.L3S, Flags = IpvlanFlags.Private }));
    }

    [Fact]
    public async Task Dummy_is_created()
    {
        Assert.SkipUnless(KernelFeature.Dummy.IsSupported, KernelFeature.Dummy.Reason ?? string.Empty);
        await CreatesAsync("dummy", static (batch, _) => batch.CreateDummy(new DummyLinkSpec { Name = "x0", Up = true }));
    }

    [Fact]
    public async Task Vlan_is_created()
    {
        Assert.SkipUnless(KernelFeature.Vlan.IsSupported, KernelFeature.Vlan.Reason ?? string.Empty);
        await CreatesAsync("vlan", static (batch, parent) => batch.CreateVlan(
            new VlanLinkSpec { Name = "x0", Parent = parent, Id = 42, Protocol = VlanProtocol.Ieee8021Ad }));
    }

    [Fact]
    public async Task Counters_count()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "v0", PeerName = "v1", Up = true });
            session.Route.Batch.ChangeLink("v1", new LinkChange { Up = true });
            session.Route.Execute();
            int index = session.Route.FindLink("v0")!.Index;

            Assert.NotNull(session.Route.ReadStatistics(index));
            Assert.Null(session.Route.ReadStatistics(9999));
            Assert.All(session.Route.DumpLinks(), static link => Assert.NotNull(link.Statistics));
        });
    }

    [Fact]
    public async Task Dump_finds_five_hundred_links()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session =>
        {
            for (int i = 0; i < 250; i++)
            {
                session.Route.Batch.CreateVeth(new VethLinkSpec { Name = $"a{i}", PeerName = $"b{i}", Group = 77 });
            }

            session.Route.Execute();
            IReadOnlyList<LinkInfo> links = session.Route.DumpLinks();
            Assert.Equal(501, links.Count);
            Assert.Equal(501, links.Select(static link => link.Index).Distinct().Count());
            session.Route.Batch.DeleteLinkGroup(77);
            session.Route.Batch.DeleteLinkGroup(77);
            session.Route.Execute();
            Assert.Single(session.Route.DumpLinks());
        });
    }

    private static int CreateParent(RtNetlink route)
    {
        route.Batch.CreateVeth(new VethLinkSpec { Name = "parent", PeerName = "peer" });
        route.Execute();
        return route.FindLink("parent")!.Index;
    }

    private static async Task CreatesAsync(string kind, Action<RtNetlinkBatch, int> create)
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(session =>
        {
            create(session.Route.Batch, CreateParent(session.Route));
            session.Route.Execute();
            Assert.Equal(kind, session.Route.FindLink("x0")?.Kind);
            session.Route.Batch.DeleteLink("x0");
            session.Route.Execute();
            Assert.Null(session.Route.FindLink("x0"));
        });
    }
}

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>An endpoint speaks for itself only: who it says it is, what it claims, and what only routers, servers and bridges say.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "FW-19")]
public sealed class SourceGuardTests
{
    private const ushort Lldp = 0x88cc, LinkAggregation = 0x8809, PortAccess = 0x888e, Vlan = 0x8100, ServiceVlan = 0x88a8, Unknown = 0x9999;
    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1"), AllHosts = IPAddress.Parse("224.0.0.1"), Group6 = IPAddress.Parse("ff02::6"), Group4 = IPAddress.Parse("224.0.0.251");
    private static readonly MacAddress Everybody = MacAddress.Parse("ff:ff:ff:ff:ff:ff"), Bridges = MacAddress.Parse("01:80:c2:00:00:00"), NearestBridge = MacAddress.Parse("01:80:c2:00:00:0e"), SlowProtocols = MacAddress.Parse("01:80:c2:00:00:02");
    private static readonly byte[] Nonce = [14, 1, 1, 2, 3, 4, 5, 6];

    private static readonly Dictionary<string, Func<Segment, byte[]>> Lies = new(StringComparer.Ordinal)
    {
        ["the IPv4 address of another"] = static s => Plain(s, Frame.OverIPv4(Segment.IPv4(s.Third), Segment.IPv4(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["the IPv4 address of the gateway"] = static s => Plain(s, Frame.OverIPv4(Gateway(s, 0), Segment.IPv4(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["no IPv4 address"] = static s => Plain(s, Frame.OverIPv4(IPAddress.Any, Segment.IPv4(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["the MAC address of another"] = static s => Frame.Ethernet(
            Segment.Own(s.Third), Segment.Own(s.Listener), Frame.IPv4, Frame.OverIPv4(Segment.IPv4(s.Speaker), Segment.IPv4(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["another endpoint altogether"] = static s => Frame.Ethernet(
            Segment.Own(s.Third), Segment.Own(s.Listener), Frame.IPv4, Frame.OverIPv4(Segment.IPv4(s.Third), Segment.IPv4(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["the IPv6 address of another"] = static s => Plain6(s, Frame.OverIPv6(Segment.IPv6(s.Third), Segment.IPv6(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["the link-local address of another"] = static s => Plain6(
            s, Frame.OverIPv6(Segment.Own(s.Third).ToLinkLocalAddress(), Segment.IPv6(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["no IPv6 address"] = static s => Plain6(s, Frame.OverIPv6(IPAddress.IPv6Any, Segment.IPv6(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["an ARP answer for the gateway"] = static s => Arp(s, Segment.Own(s.Listener), Frame.ArpMessage(2, Segment.Own(s.Speaker), Gateway(s, 0), Segment.IPv4(s.Listener))),
        ["a gratuitous ARP for another"] = static s => Arp(s, Everybody, Frame.ArpMessage(1, Segment.Own(s.Speaker), Segment.IPv4(s.Third), Segment.IPv4(s.Third))),
        ["an ARP message with another's hardware address"] = static s => Arp(
            s, Everybody, Frame.ArpMessage(1, Segment.Own(s.Third), Segment.IPv4(s.Speaker), Segment.IPv4(s.Listener))),
        ["an ARP probe for another's address"] = static s => Arp(s, Everybody, Frame.ArpMessage(1, Segment.Own(s.Speaker), IPAddress.Any, Segment.IPv4(s.Third))),
        ["an ARP message of another format"] = static s => Arp(s, Everybody, [0, 6, .. Frame.ArpMessage(1, Segment.Own(s.Speaker), Segment.IPv4(s.Speaker), Segment.IPv4(s.Third))[2..]]),
        ["an advertisement of the gateway"] = static s => Discovery(s, Frame.About(136, Gateway(s, 1), Frame.HardwareOption(2, Segment.Own(s.Speaker)))),
        ["an advertisement with another's hardware address"] = static s => Discovery(s, Frame.About(136, Segment.IPv6(s.Speaker), Frame.HardwareOption(2, Segment.Own(s.Third)))),
        ["an advertisement with an option before the one that counts"] = static s => Discovery(
            s, Frame.About(136, Segment.IPv6(s.Speaker), [.. Nonce, .. Frame.HardwareOption(2, Segment.Own(s.Third))])),
        ["an advertisement behind another header"] = static s => Plain6(
            s, Frame.OverIPv6(Segment.IPv6(s.Speaker), Segment.IPv6(s.Listener), 60, [Frame.IcmpV6, 0, 1, 4, 0, 0, 0, 0, .. Frame.About(136, Gateway(s, 1))])),
        ["a solicitation with another's hardware address"] = static s => Discovery(s, Frame.About(135, Segment.IPv6(s.Listener), Frame.HardwareOption(1, Segment.Own(s.Third)))),
        ["whether another's IPv6 address is free"] = static s => Discovery(s, Frame.About(135, Segment.IPv6(s.Third), Nonce), IPAddress.IPv6Any),
        ["a router advertisement"] = static s => Discovery(s, [134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0], Segment.Own(s.Speaker).ToLinkLocalAddress()),
        ["an IPv6 redirect"] = static s => Discovery(s, Frame.About(137, Gateway(s, 1), Segment.IPv6(s.Third).GetAddressBytes()), Segment.Own(s.Speaker).ToLinkLocalAddress()),
        ["an IPv4 redirect"] = static s => Plain(s, Frame.OverIPv4(Segment.IPv4(s.Speaker), Segment.IPv4(s.Listener), Frame.Icmp, [5, 1, 0, 0, .. Segment.IPv4(s.Speaker).GetAddressBytes()])),
        ["a DHCP server's answer"] = static s => Plain(s, Frame.OverIPv4(Segment.IPv4(s.Speaker), IPAddress.Broadcast, Frame.Udp, Frame.Datagram(67, 68))),
        ["a DHCPv6 server's answer"] = static s => Plain6(s, Frame.OverIPv6(Segment.IPv6(s.Speaker), Segment.IPv6(s.Listener), Frame.Udp, Frame.Datagram(547, 546))),
        ["a question who listens, by IGMP"] = static s => Plain(s, Frame.OverIPv4(Segment.IPv4(s.Speaker), AllHosts, Frame.Igmp, [0x11, 100, 0, 0, 0, 0, 0, 0])),
        ["a question who listens, by MLD"] = static s => Discovery(s, Frame.About(130, IPAddress.IPv6Any), Segment.Own(s.Speaker).ToLinkLocalAddress()),
        ["a VLAN"] = static s => Frame.Ethernet(Segment.Own(s.Speaker), Segment.Own(s.Listener), Vlan, [0, 5, 0x08, 0, .. Own4(s)]),
        ["a VLAN in a VLAN"] = static s => Frame.Ethernet(Segment.Own(s.Speaker), Segment.Own(s.Listener), ServiceVlan, [0, 5, 0x81, 0, 0, 6, 0x08, 0, .. Own4(s)]),
        ["a spanning tree"] = static s => Frame.Ethernet(Segment.Own(s.Speaker), Bridges, 38, [0x42, 0x42, 3, .. new byte[35]]),
        ["what only neighbouring bridges say"] = static s => Frame.Ethernet(Segment.Own(s.Speaker), NearestBridge, Lldp, [1, 2, 3, 4]),
        ["port access"] = static s => Frame.Ethernet(Segment.Own(s.Speaker), Segment.Own(s.Listener), PortAccess, [1, 0, 0, 4, 1, 1, 0, 4]),
        ["an unknown protocol"] = static s => Frame.Ethernet(Segment.Own(s.Speaker), Segment.Own(s.Listener), Unknown, [1, 2, 3, 4]),
    };

    private static readonly Dictionary<string, Func<Segment, byte[]>> Truths = new(StringComparer.Ordinal)
    {
        ["IPv4"] = static s => Plain(s, Own4(s)),
        ["IPv6"] = static s => Plain6(s, Frame.OverIPv6(Segment.IPv6(s.Speaker), Segment.IPv6(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["the link-local address"] = static s => Plain6(
            s, Frame.OverIPv6(Segment.Own(s.Speaker).ToLinkLocalAddress(), Segment.IPv6(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["a further IPv4 address"] = static s => Plain(s, Frame.OverIPv4(IPAddress.Parse("169.254.7.7"), Segment.IPv4(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["a further IPv6 address"] = static s => Plain6(s, Frame.OverIPv6(IPAddress.Parse("fe80::7:7"), Segment.IPv6(s.Listener), Frame.Udp, Frame.Datagram(1, 2))),
        ["to everybody"] = static s => Frame.Ethernet(
            Segment.Own(s.Speaker), Everybody, Frame.IPv4, Frame.OverIPv4(Segment.IPv4(s.Speaker), IPAddress.Broadcast, Frame.Udp, Frame.Datagram(1, 2))),
        ["a DHCP client's question"] = static s => Frame.Ethernet(
            Segment.Own(s.Speaker), Everybody, Frame.IPv4, Frame.OverIPv4(Segment.IPv4(s.Speaker), IPAddress.Broadcast, Frame.Udp, Frame.Datagram(68, 67))),
        ["a question by ARP"] = static s => Arp(s, Everybody, Frame.ArpMessage(1, Segment.Own(s.Speaker), Segment.IPv4(s.Speaker), Segment.IPv4(s.Listener))),
        ["a gratuitous ARP"] = static s => Arp(s, Everybody, Frame.ArpMessage(2, Segment.Own(s.Speaker), Segment.IPv4(s.Speaker), Segment.IPv4(s.Speaker))),
        ["an ARP probe"] = static s => Arp(s, Everybody, Frame.ArpMessage(1, Segment.Own(s.Speaker), IPAddress.Any, Segment.IPv4(s.Speaker))),
        ["a solicitation"] = static s => Discovery(s, Frame.About(135, Segment.IPv6(s.Listener), Frame.HardwareOption(1, Segment.Own(s.Speaker)))),
        ["a solicitation without options"] = static s => Discovery(s, Frame.About(135, Segment.IPv6(s.Listener))),
        ["an advertisement"] = static s => Discovery(s, Frame.About(136, Segment.IPv6(s.Speaker), Frame.HardwareOption(2, Segment.Own(s.Speaker)))),
        ["an unsolicited advertisement of the link-local address"] = static s => Discovery(
            s, Frame.About(136, Segment.Own(s.Speaker).ToLinkLocalAddress(), Frame.HardwareOption(2, Segment.Own(s.Speaker)))),
        ["whether its own IPv6 address is free"] = static s => Discovery(s, Frame.About(135, Segment.IPv6(s.Speaker), Nonce), IPAddress.IPv6Any),
        ["a group it listens for"] = static s => Discovery(s, Frame.About(131, Group6)),
        ["a group it listens for, before it has an address"] = static s => Discovery(s, Frame.About(131, Group6), IPAddress.IPv6Any),
        ["a group it listens for, by IGMP"] = static s => Plain(s, Frame.OverIPv4(Segment.IPv4(s.Speaker), Group4, Frame.Igmp, [0x16, 0, 0, 0, .. Group4.GetAddressBytes()])),
        ["an echo request"] = static s => Plain6(s, Frame.OverIPv6(Segment.IPv6(s.Speaker), Segment.IPv6(s.Listener), Frame.IcmpV6, [128, 0, 0, 0, 0, 1, 0, 1])),
    };

    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<string, bool> AllLies
    {
        get
        {
            TheoryData<string, bool> data = [];
            foreach (string lie in Lies.Keys)
            {
                data.Add(lie, true);
                data.Add(lie, false);
            }

            return data;
        }
    }

    public static TheoryData<string> AllTruths => [.. Truths.Keys];

    [Theory]
    [MemberData(nameof(AllLies))]
    public async Task What_an_endpoint_may_not_say_reaches_nobody(string lie, bool guarded)
    {
        await using World world = await World.CreateAsync();
        Segment segment = await Segment.CreateAsync(world);
        if (!guarded)
        {
            await OpenAsync(world);
        }

        bool isHeard = await segment.IsHeardAsync(Lies[lie](segment));

        Assert.Equal(!guarded, isHeard);
    }

    [Theory]
    [MemberData(nameof(AllTruths))]
    public async Task What_an_endpoint_says_of_itself_is_heard(string truth)
    {
        await using World world = await World.CreateAsync();
        Segment segment = await Segment.CreateAsync(world);

        Assert.True(await segment.IsHeardAsync(Truths[truth](segment)));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("true", null, false)]
    [InlineData("false", null, true)]
    [InlineData(null, "false", true)]
    [InlineData("false", "true", false)]
    public async Task The_guard_is_off_where_the_network_or_the_endpoint_says_so(string? network, string? endpoint, bool isHeard)
    {
        await using World world = await World.CreateAsync();
        Segment segment = await Segment.CreateAsync(world, network, endpoint);

        Assert.Equal(isHeard, await segment.IsHeardAsync(Lies["the IPv4 address of another"](segment)));
    }

    [Fact]
    public async Task A_label_that_is_no_boolean_is_refused()
    {
        await using World world = await World.CreateAsync();

        NetworkException network = await Assert.ThrowsAsync<NetworkException>(() => Segment.CreateAsync(world, networkGuard: "perhaps"));
        NetworkException endpoint = await Assert.ThrowsAsync<NetworkException>(() => Segment.CreateAsync(world, speakerGuard: "perhaps"));

        Assert.Equal((NetworkErrorKind.InvalidArgument, Drivers.Bridge.BridgeLabels.SourceGuard), (network.Kind, network.Field));
        Assert.Equal((NetworkErrorKind.InvalidArgument, Drivers.Bridge.BridgeLabels.SourceGuard), (endpoint.Kind, endpoint.Field));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_host_hears_nothing_that_bridges_say_to_each_other(bool guarded)
    {
        await using World world = await World.CreateAsync();
        Segment segment = await Segment.CreateAsync(world);
        if (!guarded)
        {
            await OpenAsync(world);
        }

        foreach ((MacAddress group, ushort protocol) in new[] { (NearestBridge, Lldp), (SlowProtocols, LinkAggregation) })
        {
            using Socket program = world.Host.Namespace.OpenSocket(
                AddressFamily.Packet, SocketType.Raw, (ProtocolType)IPAddress.HostToNetworkOrder(unchecked((short)protocol)));
            byte[] mark = Guid.NewGuid().ToByteArray();
            await segment.SayAsync(Frame.Ethernet(Segment.Own(segment.Speaker), group, protocol, mark));

            Assert.Equal(!guarded, await Segment.HearAsync(program, mark, TimeSpan.FromMilliseconds(100)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_bridge_learns_no_address_that_is_not_the_endpoints(bool guarded)
    {
        const int Claims = 60;
        await using World world = await World.CreateAsync();
        Segment segment = await Segment.CreateAsync(world);
        if (!guarded)
        {
            await OpenAsync(world);
        }

        MacAddress[] claimed = [.. Enumerable.Range(0, Claims).Select(static i => MacAddress.Parse($"02:99:00:00:00:{i:x2}"))];
        MacAddress[] ways = [Everybody, NearestBridge, SlowProtocols];
        await segment.SayAsync([.. claimed.Select((mac, i) => Frame.Ethernet(mac, ways[i % ways.Length], Frame.IPv4, Own4(segment)))]);
        await segment.IsHeardAsync(Truths["IPv4"](segment));   // all before it are through

        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        HashSet<PhysicalAddress> known =
            [.. (await kernel.RunAsync(static (session, _) => session.Route.DumpForwardingEntries(), 0, Cancel)).Select(static entry => entry.HardwareAddress)];
        Assert.Equal(guarded ? 0 : Claims, claimed.Count(mac => known.Contains(mac.ToPhysicalAddress())));
    }

    [Fact]
    public async Task After_a_restart_the_same_is_guarded()
    {
        await using World world = await World.CreateAsync();
        await Segment.CreateAsync(world);
        string before = await Nft.RunAsync(world.Host, "list table bridge libnetwork");

        await world.RestartAsync();
        Segment segment = Segment.Of(world);

        Assert.Equal(before, await Nft.RunAsync(world.Host, "list table bridge libnetwork"));
        Assert.False(await segment.IsHeardAsync(Lies["the IPv4 address of another"](segment)));
        Assert.True(await segment.IsHeardAsync(Truths["a further IPv4 address"](segment)));
    }

    [Fact]
    public async Task An_endpoint_without_IPv6_says_nothing_by_IPv6()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("old", static spec => spec with { EnableIPv6 = false });
        ISandbox sandbox = await world.SandboxAsync("c");
        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);

        string sources = await Nft.RunAsync(world.Host, "list set bridge libnetwork sources6");
        string others = await Nft.RunAsync(world.Host, "list set bridge libnetwork sources4");

        Assert.DoesNotContain("elements", sources, StringComparison.Ordinal);
        Assert.Contains(Segment.IPv4(endpoint.State).ToString(), others, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_left_leaves_no_identity()
    {
        await using World world = await World.CreateAsync();
        Segment segment = await Segment.CreateAsync(world);
        string own = Segment.Own(segment.Speaker).ToString();
        Assert.Contains(own, await Nft.RunAsync(world.Host, "list table bridge libnetwork"), StringComparison.Ordinal);

        await segment.Network.GetEndpoint("speaker").LeaveAsync(world.Controller.GetSandbox("speaker"), Cancel);

        Assert.DoesNotContain(own, await Nft.RunAsync(world.Host, "list table bridge libnetwork"), StringComparison.Ordinal);
    }

    private static async Task OpenAsync(World world)
    {
        foreach (string chain in (string[])["prerouting", "input"])
        {
            await Nft.RunAsync(world.Host, $"flush chain bridge libnetwork {chain}");
        }
    }

    private static byte[] Own4(Segment s) => Frame.OverIPv4(Segment.IPv4(s.Speaker), Segment.IPv4(s.Listener), Frame.Udp, Frame.Datagram(1, 2));

    private static byte[] Plain(Segment s, byte[] packet) => Frame.Ethernet(Segment.Own(s.Speaker), Segment.Own(s.Listener), Frame.IPv4, packet);

    private static byte[] Plain6(Segment s, byte[] packet) => Frame.Ethernet(Segment.Own(s.Speaker), Segment.Own(s.Listener), Frame.IPv6, packet);

    private static byte[] Arp(Segment s, MacAddress to, byte[] message) => Frame.Ethernet(Segment.Own(s.Speaker), to, Frame.Arp, message);

    private static byte[] Discovery(Segment s, byte[] message, IPAddress? from = null)
        => Plain6(s, Frame.OverIPv6(from ?? Segment.IPv6(s.Speaker), AllNodes, Frame.IcmpV6, message));

    private static IPAddress Gateway(Segment s, int pool) => s.Network.State.Pools[pool].Gateway!;   // a bridge network has one for each family
}

using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What neither strangers nor members nor endpoints can do to an overlay network. Each has a control: the same frame of who may is heard.</summary>
[Trait("Category", "Kernel")]
public sealed class OverlaySecurityTests
{
    private static readonly TimeSpan Patience = Waiting.Patience, Silence = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_nodes_that_take_part_in_the_network_are_heard(bool overIPv6)
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(3, overIPv6);
        await hosts.NetworkAsync("net");
        await hosts.NetworkAsync("other", "5000", "10.11.0.0/16", "fd00:11::/64");
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        await hosts.AttachAsync(0, "other", "a2");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.AttachAsync(2, "other", "c");
        using Socket ear = await OverlayHosts.OpenEarAsync(a);

        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1), "before anybody was told of");

        await hosts.TellAsync("net");
        await hosts.TellAsync("other");

        Assert.True(await IsHeardAsync(hosts, ear, one, from: 1), "a member");
        Assert.False(await IsHeardAsync(hosts, ear, one, from: 2), "a node that takes part in another network only");

        await hosts[0].Peers.ReplaceAsync(hosts[0].Controller.GetNetwork("net").Id, [], Cancel);

        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1), "a node that takes part no more");
    }

    [Fact]
    public async Task Frames_of_one_network_never_enter_another()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        await hosts.NetworkAsync("other", "5000", "10.11.0.0/16", "fd00:11::/64");
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox a2, _) = await hosts.AttachAsync(0, "other", "a2");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.AttachAsync(1, "other", "b2");
        await hosts.TellAsync("net");
        await hosts.TellAsync("other");
        using Socket ear = await OverlayHosts.OpenEarAsync(a), other = await OverlayHosts.OpenEarAsync(a2);

        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1, vni: 5000), "another network's number");
        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1, vni: OverlayHosts.Vni ^ 1), "nobody's number");
        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1, flags: 0), "without the flag of a number");
        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1, flags: 0x88), "with a flag that is reserved");
        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1, flags: 0x0c), "with the flag of another protocol");
        Assert.True(await IsHeardAsync(hosts, ear, one, from: 1), "the control");
        Assert.False(await IsHeardAsync(hosts, other, one, from: 1), "by another network");
    }

    [Fact]
    public async Task Nothing_is_learned_from_what_arrives()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        using Socket ear = await OverlayHosts.OpenEarAsync(a);
        MacAddress forged = MacAddress.Parse("02:42:de:ad:be:ef");

        Assert.True(await IsHeardAsync(hosts, ear, one, from: 1, source: forged), "the control: it did arrive");
        IReadOnlyList<ForwardingEntryInfo> entries = [];
        await hosts[0].InKernelAsync(session => entries = session.Route.DumpForwardingEntries());

        Assert.Contains(entries, entry => entry.HardwareAddress.Equals(hosts.PeersOf(1, "net").Single().MacAddress.ToPhysicalAddress()));
        Assert.DoesNotContain(entries, entry => entry.HardwareAddress.Equals(forged.ToPhysicalAddress()));
    }

    [Fact]
    public async Task An_endpoint_cannot_send_to_a_tunnel_as_if_it_were_its_node()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        ISandbox evil = await hosts[1].SandboxAsync("evil");
        await (await hosts[1].NetworkAsync("web")).AttachAsync(evil, new EndpointSpec { Name = "evil" }, cancellationToken: Cancel);
        ISandbox near = await hosts[0].SandboxAsync("near");
        await (await hosts[0].NetworkAsync("web")).AttachAsync(near, new EndpointSpec { Name = "near" }, cancellationToken: Cancel);
        using Socket ear = await OverlayHosts.OpenEarAsync(a);
        await using EchoServer server = EchoServer.Start(hosts[0].Host.Namespace.OpenSocket, 7000, "host");

        Assert.NotNull(await Asker.UdpAsync(evil.OpenSocket, hosts.Node(0).ToString(), 7000));   // its other packets arrive, under its node's address
        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1, by: evil), "an endpoint behind a member's address");
        Assert.False(await IsHeardAsync(hosts, ear, one, from: 1, by: near), "an endpoint of the same host");
        Assert.True(await IsHeardAsync(hosts, ear, one, from: 1), "the control: the node itself");
    }

    [Fact]
    public async Task An_endpoint_cannot_speak_for_a_peer()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox evil, IEndpoint own) = await hosts.AttachAsync(0, "net", "evil");
        await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        MacAddress peer = hosts.PeersOf(1, "net").Single().MacAddress;
        using Socket ear = await OverlayHosts.OpenEarAsync(a), mouth = await OverlayHosts.OpenEarAsync(evil);

        byte[] lie = Marked(peer, one, hosts.PeersOf(1, "net").Single().IPv4!), truth = Marked(own.State.MacAddress!.Value, one, own.State.IPv4!.Value.Address);
        await mouth.SendAsync(lie, Cancel);
        await mouth.SendAsync(truth, Cancel);

        Assert.True(await Segment.HearAsync(ear, truth[^16..], Patience));
        Assert.False(await Segment.HearAsync(ear, lie[^16..], Silence));
        Assert.True(await Ping.SendAsync(a.OpenSocket, hosts.PeersOf(1, "net").Single().IPv4!.ToString()), "the peer is where it was");
    }

    /// <summary>IPAM keeps the subnets of overlay networks apart; on the host they need not be. What is on a bridge of the same subnet is apart as well.</summary>
    [Fact]
    public async Task Networks_with_the_same_subnet_are_apart()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a", IPAddress.Parse("10.9.1.5"));
        await hosts.AttachAsync(1, "net", "b", IPAddress.Parse("10.9.2.5"));
        await hosts.TellAsync("net");
        INetwork web = await hosts[0].Controller.CreateNetworkAsync(
            new NetworkSpec { Name = "web", Pools = [new PoolSpec { Subnet = Subnet.Parse(OverlayHosts.IPv4Subnet) }] }, Cancel);
        ISandbox c = await hosts[0].SandboxAsync("c"), d = await hosts[0].SandboxAsync("d");
        await web.AttachAsync(c, new EndpointSpec { Name = "c", IPv4Address = IPAddress.Parse("10.9.1.5") }, cancellationToken: Cancel);
        await web.AttachAsync(d, new EndpointSpec { Name = "d", IPv4Address = IPAddress.Parse("10.9.3.5") }, cancellationToken: Cancel);

        Assert.True(await Ping.SendAsync(a.OpenSocket, "10.9.2.5"), "the overlay");
        Assert.True(await Ping.SendAsync(c.OpenSocket, "10.9.3.5"), "the bridge, with the same address");
        Assert.False(await Ping.SendAsync(c.OpenSocket, "10.9.2.5", expected: false), "from the bridge to the overlay");
        Assert.False(await Ping.SendAsync(a.OpenSocket, "10.9.3.5", expected: false), "from the overlay to the bridge");
    }

    private static async Task<bool> IsHeardAsync(
        OverlayHosts hosts, Socket ear, IEndpoint listener, int from, uint vni = OverlayHosts.Vni, byte flags = 8, ISandbox? by = null, MacAddress? source = null)
    {
        MacAddress sender = source ?? MacAddress.Parse("02:42:0a:09:02:01");
        byte[] frame = Marked(sender, listener, IPAddress.Parse("10.9.2.1"));
        await OverlayHosts.SendAsync(by is null ? hosts[from].Host.Namespace.OpenSocket : by.OpenSocket, hosts.Node(0), vni, frame, flags);
        return await Segment.HearAsync(ear, frame[^16..], Silence);
    }

    private static byte[] Marked(MacAddress from, IEndpoint to, IPAddress source) => Frame.Ethernet(
        from, to.State.MacAddress!.Value, Frame.IPv4,
        Frame.OverIPv4(source, to.State.IPv4!.Value.Address, Frame.Udp, [.. Frame.Datagram(1000, 1000), .. Guid.NewGuid().ToByteArray()]));
}

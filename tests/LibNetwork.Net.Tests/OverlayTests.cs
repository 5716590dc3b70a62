using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Overlay networks over two or three hosts on one wire, each with a controller of its own.</summary>
[Trait("Category", "Kernel")]
public sealed class OverlayTests
{
    private const int Port = 7000;

    private static CancellationToken Cancel => World.Cancel;

    [Theory, Trait("Feature", "OV-01"), Trait("Feature", "OV-05")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Endpoints_of_two_hosts_reach_each_other(bool overIPv6)
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2, overIPv6);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox b, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        await using EchoServer server4 = EchoServer.Start(b.OpenSocket, Port, "b");
        await using EchoServer server6 = EchoServer.Start(b.OpenSocket, Port, "b", AddressFamily.InterNetworkV6);

        foreach (string address in (string[])[OverlayHosts.Text(two.State.IPv4), OverlayHosts.Text(two.State.IPv6)])
        {
            Assert.True(await Ping.SendAsync(a.OpenSocket, address), $"no answer of {address}");
            Assert.StartsWith("b to", await Asker.TcpAsync(a.OpenSocket, address, Port), StringComparison.Ordinal);
            Assert.StartsWith("b to", await Asker.UdpAsync(a.OpenSocket, address, Port), StringComparison.Ordinal);
        }
    }

    [Fact, Trait("Feature", "OV-01")]
    public async Task Endpoints_of_different_subnets_reach_each_other_without_a_router()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net", "4242,4243", more: new PoolSpec { Subnet = Subnet.Parse("10.10.0.0/24") });
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox b, IEndpoint two) = await hosts.AttachAsync(1, "net", "b", IPAddress.Parse("10.10.0.7"));
        (ISandbox c, IEndpoint three) = await hosts.AttachAsync(0, "net", "c", IPAddress.Parse("10.10.0.8"));
        await hosts.TellAsync("net");

        Assert.True(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4)), "to another subnet on another host");
        Assert.True(await Ping.SendAsync(b.OpenSocket, OverlayHosts.Text(one.State.IPv4)), "and back");
        Assert.True(await Ping.SendAsync(c.OpenSocket, OverlayHosts.Text(two.State.IPv4)), "in one subnet on another host");
        Assert.True(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(three.State.IPv4)), "to another subnet on one host");
        Assert.True(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv6)), "by IPv6");
    }

    [Fact, Trait("Feature", "OV-05")]
    public async Task A_broadcast_reaches_each_member_once_and_nobody_else()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(3);
        await hosts.NetworkAsync("net", "4242,4243", more: new PoolSpec { Subnet = Subnet.Parse("10.10.0.0/24") });
        await hosts.NetworkAsync("other", "5000", "10.11.0.0/16", "fd00:11::/64");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox b, _) = await hosts.AttachAsync(1, "net", "b");
        (ISandbox c, _) = await hosts.AttachAsync(2, "other", "c");
        await hosts.TellAsync("net");
        using Socket earB = await OverlayHosts.OpenEarAsync(b), earC = await OverlayHosts.OpenEarAsync(c);
        byte[] mark = Guid.NewGuid().ToByteArray();

        using (Socket mouth = a.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            mouth.EnableBroadcast = true;
            mouth.SendTo(mark, new IPEndPoint(IPAddress.Parse("10.9.255.255"), Port));
        }

        Assert.True(await Segment.HearAsync(earB, mark, Patience), "the member did not hear it");
        Assert.False(await Segment.HearAsync(earB, mark, Silence), "the member heard it twice");
        Assert.False(await Segment.HearAsync(earC, mark, Silence), "somebody else heard it");
    }

    [Theory, Trait("Feature", "OV-05")]
    [InlineData("239.1.2.3")]
    [InlineData("ff05::1:3")]
    public async Task Multicast_reaches_who_joined_the_group_on_another_node_and_no_node_that_has_none_of_the_network(string group)
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(3);
        await hosts.NetworkAsync("net");
        await hosts.NetworkAsync("other", "5000", "10.11.0.0/16", "fd00:11::/64");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox b, _) = await hosts.AttachAsync(1, "net", "b");
        (ISandbox c, _) = await hosts.AttachAsync(2, "other", "c");
        await hosts.TellAsync("net");
        await hosts.TellAsync("other");
        using Socket member = await OpenGroupAsync(b, group), stranger = await OpenGroupAsync(c, group), mouth = await OpenGroupAsync(a, group);
        byte[] mark = Guid.NewGuid().ToByteArray();

        mouth.SendTo(mark, new IPEndPoint(IPAddress.Parse(group), Port));

        Assert.True(await Segment.HearAsync(member, mark, Patience), "who joined the group did not hear it");
        Assert.False(await Segment.HearAsync(stranger, mark, Silence), "another network heard it");
    }

    [Fact, Trait("Feature", "OV-01")]
    public async Task Two_networks_with_the_same_subnet_on_the_same_hosts_do_not_meet()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        for (int host = 0; host < 2; host++)
        {
            await hosts[host].Controller.CreateNetworkAsync(
                new NetworkSpec
                {
                    Name = "twin", Driver = "overlay",
                    Pools = [new PoolSpec { Subnet = Subnet.Parse(OverlayHosts.IPv4Subnet), Range = Subnet.Parse($"10.9.{host + 101}.0/24") }],
                    Options = new Dictionary<string, string> { [OverlayLabels.VniList] = "4243" },
                },
                Cancel);
        }

        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        (ISandbox a2, _) = await hosts.AttachAsync(0, "twin", "a2");
        (_, IEndpoint other) = await hosts.AttachAsync(1, "twin", "b2");
        await hosts.TellAsync("net");
        await hosts.TellAsync("twin");
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => hosts[0].Controller.CreateNetworkAsync(
            new NetworkSpec { Name = "overlapping", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.128.0/17") }] }, Cancel));

        Assert.True(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4)), "in the first");
        Assert.True(await Ping.SendAsync(a2.OpenSocket, OverlayHosts.Text(other.State.IPv4)), "in the second");
        Assert.False(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(other.State.IPv4), expected: false), "from the first to the second");
        Assert.False(await Ping.SendAsync(a2.OpenSocket, OverlayHosts.Text(two.State.IPv4), expected: false), "from the second to the first");
        Assert.Equal(NetworkErrorReason.PoolOverlaps, refused.Reason);   // by address management, before the driver hears of it
        Assert.NotNull(refused.Holder);
    }

    [Fact, Trait("Feature", "OV-05")]
    public async Task Peers_that_are_removed_are_out_of_reach_and_those_that_stay_are_not()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(3);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        (_, IEndpoint three) = await hosts.AttachAsync(2, "net", "c");
        await hosts.TellAsync("net");
        bool before = await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4));

        NetworkId id = hosts[0].Controller.GetNetwork("net").Id;
        await hosts[0].Peers.RemoveAsync(id, [.. hosts.PeersOf(1, "net")], Cancel);
        await hosts[0].Peers.RemoveAsync(id, [.. hosts.PeersOf(1, "net")], Cancel);   // again: nothing
        bool after = await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4), expected: false);
        bool other = await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(three.State.IPv4));

        Assert.Equal((true, false, true), (before, after, other));
    }

    [Fact, Trait("Feature", "OV-01")]
    public async Task Bridge_and_tunnels_come_with_the_first_join_and_go_with_the_last_leave()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        await hosts[0].Peers.AddAsync(hosts[0].Controller.GetNetwork("net").Id, [.. hosts.PeersOf(1, "net")], Cancel);
        ISandbox sandbox = await hosts[0].SandboxAsync("a");
        IEndpoint endpoint = await hosts[0].Controller.GetNetwork("net").CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        await hosts[0].Controller.CreateNetworkAsync(new NetworkSpec { Name = "docker_gwbridge" }, Cancel);   // it would stay
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(hosts[0]);

        for (int round = 0; round < 3; round++)
        {
            await endpoint.JoinAsync(sandbox, cancellationToken: Cancel);
            IReadOnlyList<LinkInfo> links = await OverlayHosts.LinksAsync(hosts[0]);
            await endpoint.LeaveAsync(sandbox, Cancel);

            Assert.Single(links, static link => link.Kind == "vxlan" && link.Group == 0);
        }

        Assert.DoesNotContain(before, static line => line.StartsWith("link vx", StringComparison.Ordinal));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(hosts[0]), "the last leave");
    }

    [Theory, Trait("Feature", "OV-02")]
    [InlineData(false, 1450, 1350)]
    [InlineData(true, 1430, 1330)]
    public async Task The_MTU_follows_the_routes_to_the_peers(bool overIPv6, int usual, int narrow)
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2, overIPv6);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (ISandbox b, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");
        IPAddress target = two.State.IPv4!.Value.Address;

        Assert.Equal(usual, await MtuInsideAsync(a));
        Assert.True(await FitsAsync(a, b, target, usual), "a packet of the MTU's length");
        Assert.False(await FitsAsync(a, b, target, usual + 1), "one that is longer");

        await hosts[0].InKernelAsync(static session =>
        {
            session.Route.Batch.ChangeLink(Underlay.WireName, new LinkChange { Mtu = 1400 });
            session.Route.Execute();
        });
        await OverlayHosts.EventuallyAsync(async () => await MtuInsideAsync(a) == narrow);
        Assert.True(await FitsAsync(a, b, target, narrow), "a packet of the new MTU's length");
        Assert.False(await FitsAsync(a, b, target, narrow + 1), "one that is longer than the new MTU");
    }

    [Fact, Trait("Feature", "OV-02")]
    public async Task An_MTU_that_a_route_has_or_the_user_gave_counts()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        await hosts.AttachAsync(1, "net", "b");
        await HostProgram.RunAsync(hosts[0].Host, $"ip route add {Underlay.IPv4(1)} dev {Underlay.WireName} mtu 1380");
        await hosts.TellAsync("net");
        INetwork given = await hosts[0].Controller.CreateNetworkAsync(
            new NetworkSpec
            {
                Name = "given", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.12.0.0/24") }],
                Options = new Dictionary<string, string> { [NetworkLabels.Mtu] = "9000" },
            },
            Cancel);
        (ISandbox c, _) = await hosts[0].AttachNewAsync(given, "c");

        Assert.Equal(1330, await MtuInsideAsync(a));
        Assert.Equal(8950, await MtuInsideAsync(c));
    }

    [Fact, Trait("Feature", "OV-04")]
    public async Task The_port_of_the_tunnels_can_be_chosen()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2, configure: static options => options.Port = 14789);
        await hosts.NetworkAsync("net");
        (ISandbox a, _) = await hosts.AttachAsync(0, "net", "a");
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");

        string links = await HostProgram.RunAsync(hosts[0].Host, "ip -d link show type vxlan");

        Assert.Contains("dstport 14789", links, StringComparison.Ordinal);
        Assert.Contains("nolearning", links, StringComparison.Ordinal);
        Assert.Contains($"local {Underlay.IPv4(0)}", links, StringComparison.Ordinal);
        Assert.True(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4)));
    }

    [Fact, Trait("Feature", "OV-03")]
    public async Task MAC_addresses_follow_from_IPv4_addresses()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        await hosts.NetworkAsync("net");
        (_, IEndpoint endpoint) = await hosts.AttachAsync(0, "net", "a", IPAddress.Parse("10.9.1.18"));

        Assert.Equal("02:42:0a:09:01:12", endpoint.State.MacAddress.ToString());
    }

    [Fact, Trait("Feature", "OV-07")]
    public async Task Identifiers_are_allocated_kept_over_a_restart_and_never_given_twice()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1, isDurable: true);
        World world = hosts[0];
        Dictionary<string, string> before = [];
        for (int i = 0; i < 3; i++)
        {
            INetwork network = await world.Controller.CreateNetworkAsync(
                new NetworkSpec { Name = $"n{i}", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse($"10.{20 + i}.0.0/24") }] }, Cancel);
            (_, IEndpoint endpoint) = await world.AttachNewAsync(network, $"c{i}");
            before[network.Name] = endpoint.State.Details[OverlayLabels.VniList];
        }

        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.CreateNetworkAsync(
            new NetworkSpec
            {
                Name = "greedy", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.30.0.0/24") }],
                Options = new Dictionary<string, string> { [OverlayLabels.VniList] = before["n1"] },
            },
            Cancel));
        RestoreReport report = await world.RestartAsync();

        Assert.Empty(report.Failures);
        Assert.Equal(3, before.Values.Distinct().Count());
        Assert.Equal((NetworkErrorKind.Conflict, "network \"n1\""), (taken.Kind, taken.Holder));
        Assert.All(before, pair => Assert.Equal(pair.Value, world.Controller.GetNetwork(pair.Key).Endpoints.Single().State.Details[OverlayLabels.VniList]));
    }

    [Fact, Trait("Feature", "OV-07")]
    public async Task The_choice_of_the_node_that_created_a_network_is_on_record_and_holds_on_all()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(2);
        NetworkId id = NetworkId.New();
        NetworkSpec spec = new() { Name = "net", Driver = "overlay", Id = id, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24"), Range = Subnet.Parse("10.9.0.0/25") }] };
        INetwork rehearsal = await hosts[0].Controller.CreateNetworkAsync(spec, Cancel);
        string usual = rehearsal.State.Options[OverlayLabels.VniList];
        await rehearsal.DeleteAsync(Cancel);
        await hosts[0].Controller.CreateNetworkAsync(
            new NetworkSpec
            {
                Name = "squatter", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.10.0.0/24") }],
                Options = new Dictionary<string, string> { [OverlayLabels.VniList] = usual },
            },
            Cancel);

        INetwork created = await hosts[0].Controller.CreateNetworkAsync(spec, Cancel);
        await hosts[1].Controller.CreateNetworkAsync(
            spec with { Options = created.State.Options, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24"), Range = Subnet.Parse("10.9.0.128/25") }] }, Cancel);
        (ISandbox a, IEndpoint one) = await hosts.AttachAsync(0, "net", "a");
        (_, IEndpoint two) = await hosts.AttachAsync(1, "net", "b");
        await hosts.TellAsync("net");

        Assert.NotEqual(usual, created.State.Options[OverlayLabels.VniList]);
        Assert.Equal(one.State.Details[OverlayLabels.VniList], two.State.Details[OverlayLabels.VniList]);
        Assert.True(await Ping.SendAsync(a.OpenSocket, OverlayHosts.Text(two.State.IPv4)));
    }

    [Fact, Trait("Feature", "CN-23")]
    public async Task Endpoints_reach_the_outside_and_publish_ports_by_the_automatic_gateway_network()
    {
        OverlayHosts.SkipWithoutVxlan();
        await using OverlayHosts hosts = await OverlayHosts.CreateAsync(1);
        await hosts.NetworkAsync("net");
        World world = hosts[0];
        ISandbox a = await world.SandboxAsync("a");
        await world.Controller.GetNetwork("net").AttachAsync(
            a, new EndpointSpec { Name = "a", PortBindings = [PortBinding.Parse("8080:80")] }, cancellationToken: Cancel);
        await using EchoServer inside = EchoServer.Start(a.OpenSocket, 80, "inside");
        await using EchoServer outside = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "outside");

        string? seen = await Asker.TcpAsync(a.OpenSocket, TestHost.OutsideIPv4, Port);
        string? published = await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080);
        await world.Controller.GetNetwork("net").GetEndpoint("a").DeleteAsync(force: true, Cancel);
        string? gone = await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080, expected: false);

        Assert.Equal($"outside to {TestHost.HostIPv4}", seen);
        Assert.StartsWith("inside to", published, StringComparison.Ordinal);
        Assert.Null(gone);
    }

    private static readonly TimeSpan Patience = Waiting.Patience, Silence = TimeSpan.FromMilliseconds(300);

    /// <summary>Opens a socket that has joined a group by the first interface, and sends there.</summary>
    private static async Task<Socket> OpenGroupAsync(ISandbox sandbox, string group)
    {
        IPAddress address = IPAddress.Parse(group);
        int index = (await WireWorld.InsideAsync(sandbox, static route => route.FindLink("eth0")))!.Index;   // it was attached
        Socket socket = sandbox.OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(address, index));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(index));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 4);
        }
        else
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, Port));
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(address, index));
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, index);
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 4);
        }

        return socket;
    }

    private static async Task<int> MtuInsideAsync(ISandbox sandbox) => (int)(await WireWorld.InsideAsync(sandbox, static route => route.FindLink("eth0")))!.Mtu;   // it was attached

    /// <summary>Whether a packet of a length that may not be cut arrives.</summary>
    private static async Task<bool> FitsAsync(ISandbox from, ISandbox to, IPAddress address, int length)
    {
        const int Headers = 20 + 8;
        using Socket receiver = to.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Any, 0));
        using Socket sender = from.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.DontFragment = true;
        using CancellationTokenSource limit = new(Patience);
        try
        {
            sender.SendTo(new byte[length - Headers], new IPEndPoint(address, ((IPEndPoint)receiver.LocalEndPoint!).Port));   // it is bound
            return await receiver.ReceiveAsync(new byte[length].AsMemory(), limit.Token) == length - Headers;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            return false;
        }
    }
}

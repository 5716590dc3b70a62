using System.Net;
using System.Net.Sockets;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What an endpoint with a policy may reach, and what not.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "FW-20")]
public sealed class EgressTests
{
    private const int Port = 8080, OtherPort = 8081;

    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<AddressFamily> Families => [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Without_a_policy_everything_is_reached_and_with_an_empty_one_only_the_own_network(AddressFamily family)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox free = await world.RestrictAsync(web, "free", null), shut = await world.RestrictAsync(web, "shut", EgressPolicy.DenyAll);
        await using EchoServer outside = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "outside", family);
        await using EchoServer host = EchoServer.Start(world.Host.Namespace.OpenSocket, Port, "host", family);
        await using EchoServer neighbour = EchoServer.Start(free.OpenSocket, Port, "neighbour", family);

        foreach ((string address, EchoServer server) in new[] { (Outside(family), outside), (Gateway(web, family), host), (Host(family), host) })
        {
            int before = server.Visits;
            Assert.NotNull(await Asker.TcpAsync(free.OpenSocket, address, Port));
            await Asker.UdpAsync(free.OpenSocket, address, Port, expected: false);   // the host may answer from another address
            Assert.True(await Ping.SendAsync(free.OpenSocket, address));
            int visits = server.Visits;
            Assert.Equal(before + 2, visits);

            Assert.Null(await Asker.TcpAsync(shut.OpenSocket, address, Port, expected: false));
            Assert.Null(await Asker.UdpAsync(shut.OpenSocket, address, Port, expected: false));
            Assert.False(await Ping.SendAsync(shut.OpenSocket, address, expected: false));
            Assert.Equal(visits, server.Visits);
        }

        Assert.NotNull(await Asker.TcpAsync(shut.OpenSocket, Own(web, "free", family), Port));
        Assert.NotNull(await Asker.UdpAsync(shut.OpenSocket, Own(web, "free", family), Port));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Addresses_and_ports_of_the_policy_are_reached_and_nothing_beside(AddressFamily family)
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        string outside = Outside(family), second = family == AddressFamily.InterNetwork ? EgressWorld.SecondIPv4 : EgressWorld.SecondIPv6;
        ISandbox address = await world.RestrictAsync(web, "address", EgressPolicy.Allow($"{outside}"));
        ISandbox port = await world.RestrictAsync(web, "port", EgressPolicy.Allow($"*:{Port}/udp"));
        ISandbox both = await world.RestrictAsync(web, "both", EgressPolicy.Allow($"[{outside}]:{Port}-{Port}/tcp", "10.99.0.0/16:1-100/tcp"));
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one", family);
        await using EchoServer other = EchoServer.Start(world.Host.Outside.OpenSocket, OtherPort, "other", family);

        Assert.True(await MayAsync(address, outside, Port, isTcp: true));
        Assert.True(await MayAsync(address, outside, OtherPort, isTcp: false));
        Assert.True(await Ping.SendAsync(address.OpenSocket, outside));

        Assert.True(await MayAsync(port, outside, Port, isTcp: false));
        Assert.False(await MayAsync(port, outside, Port, isTcp: true));
        Assert.False(await MayAsync(port, outside, OtherPort, isTcp: false));

        Assert.True(await MayAsync(both, outside, Port, isTcp: true));
        Assert.False(await MayAsync(both, outside, Port, isTcp: false));
        Assert.False(await MayAsync(both, outside, OtherPort, isTcp: true));
        Assert.False(await Ping.SendAsync(both.OpenSocket, outside, expected: false));

        await world.MoreOutsideAsync();
        ISandbox free = await world.RestrictAsync(web, "free", null);
        foreach ((ISandbox sandbox, bool isOpen) in new[] { (free, true), (address, false), (both, false) })
        {
            Assert.Equal(isOpen, await MayAsync(sandbox, second, Port, isTcp: true));
            Assert.Equal(isOpen, await Ping.SendAsync(sandbox.OpenSocket, second, isOpen));
        }
    }

    [Fact]
    public async Task Other_resolvers_are_closed_and_the_own_one_answers()
    {
        await using World world = await World.CreateAsync();
        await File.WriteAllTextAsync(world.ResolvConfPath, $"nameserver {TestHost.OutsideIPv4}\n", Cancel);
        INetwork web = await world.NetworkAsync("web");
        ISandbox free = await world.RestrictAsync(web, "free", null), shut = await world.RestrictAsync(web, "shut", EgressPolicy.DenyAll);
        await using FakeDnsServer outside = new(world.Host.Outside.OpenSocket, new IPEndPoint(IPAddress.Any, 53), FakeDnsServer.Always("203.0.113.7"));
        await using EchoServer encrypted = EchoServer.Start(world.Host.Outside.OpenSocket, 853, "encrypted");

        Assert.Equal(["203.0.113.7"], (await new DnsClient(shut.OpenSocket).AskAsync("www.example.org")).Data);
        int asked = outside.Asked.Count;
        foreach ((ISandbox sandbox, bool isOpen) in new[] { (shut, false), (free, true) })
        {
            Assert.Equal(isOpen, await MayAsync(sandbox, TestHost.OutsideIPv4, 853, isTcp: true));
            Assert.Equal(isOpen, await MayAsync(sandbox, TestHost.OutsideIPv4, 853, isTcp: false));
            using Socket question = sandbox.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await question.SendToAsync(DnsText.Query("www.example.org", ServiceDiscovery.DnsRecordType.A), new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), 53), Cancel);
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
            Assert.Equal(isOpen, outside.Asked.Count > asked);
        }
    }

    [Fact]
    public async Task Answers_pass_and_published_ports_work_as_before()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox shut = await world.RestrictAsync(web, "shut", EgressPolicy.DenyAll, "8080:80/tcp", "8080:80/udp");
        await using EchoServer server = EchoServer.Start(shut.OpenSocket, 80, "shut");

        Assert.NotNull(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, Port));
        Assert.NotNull(await Asker.UdpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, Port));
        Assert.NotNull(await Asker.TcpAsync(world.Host.Namespace.OpenSocket, Own(web, "shut", AddressFamily.InterNetwork), 80));
        Assert.NotNull(await Asker.TcpAsync(world.Host.Namespace.OpenSocket, "127.0.0.1", Port));
    }

    [Fact]
    public async Task A_port_that_another_publishes_on_the_host_counts_as_the_endpoint_addressed_it()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web"), data = await world.NetworkAsync("data");
        (ISandbox database, IEndpoint target) = await world.PublishAsync(data, "database", "8080:80/tcp");
        await using EchoServer server = EchoServer.Start(database.OpenSocket, 80, "database");
        ISandbox free = await world.RestrictAsync(web, "free", null), shut = await world.RestrictAsync(web, "shut", EgressPolicy.DenyAll);
        ISandbox allowed = await world.RestrictAsync(web, "allowed", EgressPolicy.Allow($"{TestHost.HostIPv4}:{Port}"));
        ISandbox behind = await world.RestrictAsync(web, "behind", EgressPolicy.Allow($"{target.State.IPv4!.Value.Address}:80"));

        Assert.True(await MayAsync(free, TestHost.HostIPv4, Port, isTcp: true));
        Assert.True(await MayAsync(allowed, TestHost.HostIPv4, Port, isTcp: true));
        Assert.False(await MayAsync(shut, TestHost.HostIPv4, Port, isTcp: true));
        Assert.False(await MayAsync(behind, TestHost.HostIPv4, Port, isTcp: true));
    }

    [Fact]
    public async Task Endpoints_keep_their_own_policies_also_when_another_with_the_same_one_leaves()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web"), other = await world.NetworkAsync("other");
        EgressPolicy policy = EgressPolicy.Allow($"{TestHost.OutsideIPv4}:{Port}");
        ISandbox one = await world.RestrictAsync(web, "one", policy), two = await world.RestrictAsync(other, "two", policy);
        ISandbox third = await world.RestrictAsync(web, "third", EgressPolicy.Allow($"{TestHost.OutsideIPv4}:{OtherPort}"));
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        await using EchoServer second = EchoServer.Start(world.Host.Outside.OpenSocket, OtherPort, "two");

        await one.DeleteAsync(Cancel);

        Assert.True(await MayAsync(two, TestHost.OutsideIPv4, Port, isTcp: true));
        Assert.False(await MayAsync(two, TestHost.OutsideIPv4, OtherPort, isTcp: true));
        Assert.False(await MayAsync(third, TestHost.OutsideIPv4, Port, isTcp: true));
        Assert.True(await MayAsync(third, TestHost.OutsideIPv4, OtherPort, isTcp: true));

        await two.DeleteAsync(Cancel);
        await third.DeleteAsync(Cancel);
        Assert.DoesNotContain("elements", await world.EgressSetsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_that_overlap_are_one_policy()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox a = await world.RestrictAsync(web, "a", EgressPolicy.Allow(
            "192.0.2.0/24:8000-8080/tcp", $"{TestHost.OutsideIPv4}:8070-8090/tcp", "192.0.2.0/28:*/udp", "*:8080", "*:8080", "0.0.0.0/0:53/udp"));
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        await using EchoServer other = EchoServer.Start(world.Host.Outside.OpenSocket, OtherPort, "other");
        await using EchoServer third = EchoServer.Start(world.Host.Outside.OpenSocket, 8091, "third");

        Assert.True(await MayAsync(a, TestHost.OutsideIPv4, Port, isTcp: true));
        Assert.True(await MayAsync(a, TestHost.OutsideIPv4, OtherPort, isTcp: true));
        Assert.False(await MayAsync(a, TestHost.OutsideIPv4, 8091, isTcp: true));
        Assert.True(await MayAsync(a, TestHost.OutsideIPv4, 8091, isTcp: false));
    }

    [Fact]
    public async Task A_policy_can_be_changed_while_the_endpoint_is_joined_and_ends_what_it_forbids()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox a = await world.RestrictAsync(web, "a", null);
        IEndpoint endpoint = web.GetEndpoint("a");
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        await using EchoServer other = EchoServer.Start(world.Host.Outside.OpenSocket, OtherPort, "other");
        using Socket flow = a.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Socket otherFlow = a.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.NotNull(await Asker.UdpAsync(flow, TestHost.OutsideIPv4, Port));
        Assert.NotNull(await Asker.UdpAsync(otherFlow, TestHost.OutsideIPv4, OtherPort));

        await endpoint.UpdateEgressAsync(EgressPolicy.Allow($"{TestHost.OutsideIPv4}:{Port}/udp"), Cancel);

        Assert.NotNull(await Asker.UdpAsync(flow, TestHost.OutsideIPv4, Port));
        Assert.Null(await Asker.UdpAsync(otherFlow, TestHost.OutsideIPv4, OtherPort, expected: false));
        Assert.False(await MayAsync(a, TestHost.OutsideIPv4, Port, isTcp: true));
        Assert.Equal("192.0.2.2/32:8080/udp", endpoint.State.Egress?.ToString());

        await endpoint.UpdateEgressAsync(null, Cancel);

        Assert.True(await MayAsync(a, TestHost.OutsideIPv4, Port, isTcp: true));
        Assert.DoesNotContain("elements", await world.EgressSetsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_that_was_allowed_once_is_not_inherited_by_the_next_owner_of_the_address()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox former = await world.RestrictAsync(web, "former", null);
        EndpointState state = web.GetEndpoint("former").State;
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one");
        Assert.NotNull(await AskFromAsync(former));
        await former.DeleteAsync(Cancel);

        ISandbox next = await world.SandboxAsync("next");
        await web.AttachAsync(next, new EndpointSpec { Name = "next", IPv4Address = state.IPv4!.Value.Address, Egress = EgressPolicy.DenyAll }, cancellationToken: Cancel);

        Assert.Null(await AskFromAsync(next, expected: false));

        static async Task<string?> AskFromAsync(ISandbox sandbox, bool expected = true)
        {
            using Socket socket = sandbox.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 40000));
            return await Asker.UdpAsync(socket, TestHost.OutsideIPv4, Port, expected);
        }
    }

    [Theory]
    [InlineData("172.18.0.200", 24)]
    [InlineData("2001:db8:99::200", 64)]
    public async Task An_address_that_the_container_gives_itself_leads_round_no_policy(string extra, byte prefixLength)
    {
        IPAddress source = IPAddress.Parse(extra);
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web", static spec => spec with
        {
            Pools = [new PoolSpec { Subnet = Subnet.Parse("172.18.0.0/24") }, new PoolSpec { Subnet = Subnet.Parse("2001:db8:99::/64") }],
        });
        ISandbox shut = await world.RestrictAsync(web, "shut", EgressPolicy.DenyAll);
        await using EchoServer server = EchoServer.Start(world.Host.Outside.OpenSocket, Port, "one", source.AddressFamily);
        await world.InKernelAsync(
            session =>
            {
                int index = session.Route.FindLink("eth0")!.Index;   // it was attached
                session.Route.Batch.AddAddress(index, source, prefixLength);
                session.Route.Batch.SettleLink(index);
                session.Route.Execute();
            },
            shut.NamespacePath);

        Assert.Null(await AskAsync());

        foreach (string chain in (string[])["prerouting", "input"])
        {
            await Nft.RunAsync(world.Host, $"flush chain bridge libnetwork {chain}");   // without the guard it would
        }

        Assert.NotNull(await AskAsync());

        Task<string?> AskAsync() => Asker.TcpAsync(
            (family, type, protocol) =>
            {
                Socket socket = shut.OpenSocket(family, type, protocol);
                socket.Bind(new IPEndPoint(source, 0));
                return socket;
            },
            Outside(source.AddressFamily), Port);
    }

    [Fact]
    public async Task The_host_is_closed_on_its_link_local_address_too()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        ISandbox free = await world.RestrictAsync(web, "free", null), shut = await world.RestrictAsync(web, "shut", EgressPolicy.Allow("*:1"));
        await using EchoServer server = EchoServer.Start(world.Host.Namespace.OpenSocket, Port, "host", AddressFamily.InterNetworkV6);
        string host = string.Empty;
        await world.InKernelAsync(session => host = session.Route.DumpAddresses().First(address =>
            address.Address.IsIPv6LinkLocal && session.Route.FindLink(address.Index)?.Kind == "bridge").Address.ToString());

        foreach ((ISandbox sandbox, bool isOpen) in new[] { (free, true), (shut, false) })
        {
            int scope = 0;
            await world.InKernelAsync(session => scope = session.Route.FindLink("eth0")!.Index, sandbox.NamespacePath);   // it was attached
            Assert.Equal(isOpen, await Asker.TcpAsync(sandbox.OpenSocket, $"{host}%{scope}", Port) is not null);
        }
    }

    private static async Task<bool> MayAsync(ISandbox from, string address, int port, bool isTcp)
        => (isTcp ? await Asker.TcpAsync(from.OpenSocket, address, port, expected: true) : await Asker.UdpAsync(from.OpenSocket, address, port, expected: true)) is not null;

    private static string Outside(AddressFamily family) => family == AddressFamily.InterNetwork ? TestHost.OutsideIPv4 : TestHost.OutsideIPv6;

    private static string Host(AddressFamily family) => family == AddressFamily.InterNetwork ? TestHost.HostIPv4 : TestHost.HostIPv6;

    private static string Gateway(INetwork network, AddressFamily family)
        => network.State.Pools.First(pool => pool.Subnet.Family == family).Gateway!.ToString();   // a bridge network has one for each family

    private static string Own(INetwork network, string endpoint, AddressFamily family)
    {
        EndpointState state = network.GetEndpoint(endpoint).State;
        return (family == AddressFamily.InterNetwork ? state.IPv4 : state.IPv6)!.Value.Address.ToString();   // it has both
    }
}

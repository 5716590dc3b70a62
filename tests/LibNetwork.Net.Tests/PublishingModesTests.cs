using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Bridge;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Which ports are picked, and what a network's mode makes of them.</summary>
[Trait("Category", "Kernel")]
public sealed class PublishingModesTests
{
    [Fact, Trait("Feature", "PM-01"), Trait("Feature", "PM-04")]
    public async Task Free_ports_are_picked_in_turn_from_the_hosts_local_range_without_reserved_ones()
    {
        await using World world = await World.CreateAsync();
        await world.WriteSysctlAsync("net/ipv4/ip_local_port_range", "40000 40005");
        await world.WriteSysctlAsync("net/ipv4/ip_local_reserved_ports", "40001-40002");
        INetwork network = await world.NetworkAsync("web");
        (ISandbox a, IEndpoint one) = await world.PublishAsync(network, "a", "80");
        (_, IEndpoint two) = await world.PublishAsync(network, "b", "80", "40001:81");
        await one.LeaveAsync(a, World.Cancel);
        (_, IEndpoint three) = await world.PublishAsync(network, "c", "80", "81", "82/udp");

        Assert.Equal([40000, 40000], HostPorts(await AgainAsync(one, a)));
        Assert.Equal([40003, 40003, 40001, 40001], HostPorts(two));
        Assert.Equal([40004, 40004, 40005, 40005, 40000, 40000], HostPorts(three));
        await world.SandboxAsync("d");
        NetworkException full = await Assert.ThrowsAsync<NetworkException>(() => world.AttachAsync(network, "d", "80"));
        Assert.Equal(NetworkErrorKind.Exhausted, full.Kind);
        Assert.Contains("40000-40005/tcp", full.Message, StringComparison.Ordinal);

        async Task<IEndpoint> AgainAsync(IEndpoint endpoint, ISandbox sandbox)
        {
            await endpoint.JoinAsync(sandbox, cancellationToken: World.Cancel);
            return endpoint;
        }
    }

    [Fact, Trait("Feature", "PM-02"), Trait("Feature", "PM-06")]
    public async Task A_range_gives_its_next_free_port_and_all_addresses_and_exact_ports_come_first()
    {
        await using World world = await World.CreateAsync();
        using Socket busy = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        busy.Bind(new IPEndPoint(IPAddress.Any, 8082));
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false });

        (_, IEndpoint endpoint) = await world.PublishAsync(
            network, "c", "127.0.0.1:8080-8084:80", "127.0.0.2:8080-8084:80", "8080-8084:81/udp", "8080-8084:82/udp", "127.0.0.1:8080:83", "8080-8084:84/udp");

        Assert.Equal(
            [
                "127.0.0.1:8081:80/tcp", "127.0.0.2:8081:80/tcp", "0.0.0.0:8080:81/udp", "[::]:8080:81/udp", "0.0.0.0:8081:82/udp", "[::]:8081:82/udp",
                "127.0.0.1:8080:83/tcp", "0.0.0.0:8083:84/udp", "[::]:8083:84/udp",
            ],
            endpoint.State.PublishedPorts.Select(port => port.ToString()));
    }

    [Fact, Trait("Feature", "PM-03")]
    public async Task One_address_and_all_addresses_exclude_each_other_on_a_port_of_a_protocol()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        await world.PublishAsync(network, "a", "127.0.0.1:8080:80", "8081:80");
        await world.PublishAsync(network, "b", "127.0.0.2:8080:80", $"{TestHost.HostIPv4}:8080:80", "8080:80/udp", "[::1]:8080:80");
        await world.SandboxAsync("c");

        foreach (string taken in new[] { "8080:80", "127.0.0.1:8081:80", "[::]:8081:80", "[::1]:8080:80", "127.0.0.2:8080:80/udp" })
        {
            NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => world.AttachAsync(network, "c", taken));
            Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
            Assert.Contains("endpoint \"", refused.Holder!, StringComparison.Ordinal);
        }

        await world.AttachAsync(network, "c", "127.0.0.3:8080:80", "8081:80/udp");
    }

    [Fact, Trait("Feature", "PM-08")]
    public async Task A_protocol_that_the_kernel_lacks_is_an_error_that_leaves_nothing()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        await world.SandboxAsync("c");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        Exception? failure = await Record.ExceptionAsync(() => world.AttachAsync(network, "c", "8080:80/sctp"));

        if (failure is null)
        {
            Assert.Contains("sctp", await Nft.ListAsync(world.Host), StringComparison.Ordinal);
            return;
        }

        Assert.Equal(NetworkErrorKind.NotSupported, Assert.IsType<NetworkException>(failure).Kind);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a protocol that is not there");
    }

    [Theory, Trait("Feature", "PM-08")]
    [InlineData("224.0.0.1:80:80")]
    [InlineData("255.255.255.255:80:80")]
    [InlineData("[ff02::1]:80:80")]
    [InlineData("[fe80::1]:80:80")]
    [InlineData("80-81:80-82")]
    [InlineData("80-82")]
    [InlineData("198.51.100.7:80:80")]
    public async Task Bindings_that_nothing_could_make_true_are_refused(string binding)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        await world.SandboxAsync("c");

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => world.AttachAsync(network, "c", binding));

        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
        Assert.Empty(network.Endpoints);
    }

    [Theory, Trait("Feature", "PM-11")]
    [InlineData("127.0.0.1", "127.0.0.1:8080:80/tcp")]
    [InlineData("0.0.0.0", "0.0.0.0:8080:80/tcp [::]:8080:80/tcp")]
    [InlineData("::1", "[::1]:8080:80/tcp")]
    [InlineData(TestHost.HostIPv4, TestHost.HostIPv4 + ":8080:80/tcp")]
    public async Task A_network_has_a_default_address_to_publish_on(string address, string expected)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", With(BridgeLabels.HostBinding, address));

        (_, IEndpoint endpoint) = await world.PublishAsync(network, "c", "8080:80");

        Assert.Equal(expected, string.Join(' ', endpoint.State.PublishedPorts));
    }

    [Fact, Trait("Feature", "FW-05"), Trait("Feature", "FW-04"), Trait("Feature", "BR-11")]
    public async Task A_containers_own_address_is_closed_to_the_outside_except_by_trusted_interfaces_and_without_protection()
    {
        await using World world = await World.CreateAsync();
        INetwork closed = await world.NetworkAsync("closed"), trusting = await world.NetworkAsync("trusting", With(BridgeLabels.TrustedHostInterfaces, TestHost.WireName)),
            open = await world.NetworkAsync("open", With(BridgeLabels.GatewayModeIPv4, "nat-unprotected"));
        await world.RouteOutsideAsync("172.16.0.0/12", TestHost.HostIPv4);
        (bool Published, bool Other)[] seen = new (bool, bool)[3];
        foreach ((int i, INetwork network) in new[] { closed, trusting, open }.Index())
        {
            (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, $"c{i}", $"808{i}:80/tcp", $"808{i}:80/udp");
            await using EchoServer web = EchoServer.Start(c.OpenSocket, 80, "web"), other = EchoServer.Start(c.OpenSocket, 81, "other");
            string address = endpoint.State.IPv4!.Value.Address.ToString();
            Assert.NotNull(await Asker.TcpAsync(world.Host.Namespace.OpenSocket, address, 81));   // the server answers those who may ask
            Assert.NotNull(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080 + i));
            bool published = await Asker.TcpAsync(world.Host.Outside.OpenSocket, address, 80, expected: i > 0) is not null;
            Assert.Equal(published, await Asker.UdpAsync(world.Host.Outside.OpenSocket, address, 80, expected: i > 0) is not null);
            seen[i] = (published, await Asker.TcpAsync(world.Host.Outside.OpenSocket, address, 81, expected: i == 2) is not null);
        }

        Assert.Equal([(false, false), (true, false), (true, true)], seen);
    }

    [Fact, Trait("Feature", "PM-12"), Trait("Feature", "FW-09"), Trait("Feature", "BR-22")]
    public async Task A_routed_network_opens_ports_on_the_endpoints_own_addresses_also_when_it_is_no_gateway()
    {
        await using World world = await World.CreateAsync();
        INetwork routed = await world.NetworkAsync("routed", spec => With(BridgeLabels.GatewayModeIPv4, "routed")(
            With(BridgeLabels.GatewayModeIPv6, "routed")(spec)) with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.77.0.0/24") }, new PoolSpec { Subnet = Subnet.Parse("2001:db8:77::/64") }] });
        INetwork nat = await world.NetworkAsync("nat");
        await world.RouteOutsideAsync("10.77.0.0/24", TestHost.HostIPv4);
        await world.RouteOutsideAsync("2001:db8:77::/64", TestHost.HostIPv6);
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(routed, "c", "8080:80/tcp", "8080:80/udp");
        await using EchoServer web = EchoServer.Start(c.OpenSocket, 80, "web"), other = EchoServer.Start(c.OpenSocket, 81, "other");
        await using EchoServer six = EchoServer.Start(c.OpenSocket, 80, "six", AddressFamily.InterNetworkV6), otherSix = EchoServer.Start(c.OpenSocket, 81, "other", AddressFamily.InterNetworkV6);
        Assert.Equal(["80/tcp", "80/tcp", "80/udp", "80/udp"], endpoint.State.PublishedPorts.Select(port => port.ToString()));

        foreach ((string address, string name, string host) in new[]
        {
            (endpoint.State.IPv4!.Value.Address.ToString(), "web", TestHost.HostIPv4), (endpoint.State.IPv6!.Value.Address.ToString(), "six", TestHost.HostIPv6),
        })
        {
            Assert.StartsWith(name, await Asker.TcpAsync(world.Host.Outside.OpenSocket, address, 80), StringComparison.Ordinal);
            Assert.StartsWith(name, await Asker.UdpAsync(world.Host.Outside.OpenSocket, address, 80), StringComparison.Ordinal);
            Assert.True(await Ping.SendAsync(world.Host.Outside.OpenSocket, address));
            Assert.Null(await Asker.TcpAsync(world.Host.Outside.OpenSocket, address, 81, expected: false));
            Assert.Null(await Asker.TcpAsync(world.Host.Outside.OpenSocket, host, 8080, expected: false));
        }

        await nat.AttachAsync(c, new EndpointSpec { Name = "n" }, new JoinOptions { GatewayPriority = 1 }, World.Cancel);
        Assert.Equal(4, endpoint.State.PublishedPorts.Count);
    }

    [Fact, Trait("Feature", "FW-08")]
    public async Task An_internal_network_publishes_nothing_and_reaches_nothing_that_is_published()
    {
        await using World world = await World.CreateAsync();
        INetwork inside = await world.NetworkAsync("inside", spec => spec with { Internal = true }), web = await world.NetworkAsync("web");
        (ISandbox i, IEndpoint endpoint) = await world.PublishAsync(inside, "i", "8080:80");
        (ISandbox c, _) = await world.PublishAsync(web, "c", "8081:80");
        await using EchoServer hidden = EchoServer.Start(i.OpenSocket, 80, "hidden"), shown = EchoServer.Start(c.OpenSocket, 80, "shown");
        string gateway = inside.State.Pools.First(pool => pool.Subnet.Family == AddressFamily.InterNetwork).Gateway!.ToString();
        Assert.NotNull(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8081));

        Assert.Empty(endpoint.State.PublishedPorts);
        Assert.Null(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080, expected: false));
        Assert.Null(await Asker.TcpAsync(i.OpenSocket, gateway, 8081, expected: false));
        Assert.Null(await Asker.TcpAsync(i.OpenSocket, TestHost.HostIPv4, 8081, expected: false));
    }

    [Fact, Trait("Feature", "PM-02")]
    public async Task A_range_of_60000_ports_is_one_element_and_keeps_others_out()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false });
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, "c", "0.0.0.0:2000-61999:2000-61999/tcp");
        await using EchoServer server = EchoServer.Start(c.OpenSocket, 40404, "c");
        await world.SandboxAsync("d");
        using Socket busy = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        busy.Bind(new IPEndPoint(IPAddress.Any, 5000));

        NetworkException byEndpoint = await Assert.ThrowsAsync<NetworkException>(() => world.AttachAsync(network, "d", "8080:80"));
        NetworkException byProcess = await Assert.ThrowsAsync<NetworkException>(() => world.AttachAsync(network, "d", "0.0.0.0:2000-61999:2000-61999/udp"));

        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 40404), StringComparison.Ordinal);
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Namespace.OpenSocket, "127.0.0.1", 40404), StringComparison.Ordinal);
        Assert.Equal("endpoint \"c\" on network \"web\"", byEndpoint.Holder);
        Assert.Contains($"({Environment.ProcessId})", byProcess.Holder!, StringComparison.Ordinal);
        Assert.Contains(" . tcp . 2000-61999 : ", await Nft.ListAsync(world.Host), StringComparison.Ordinal);
        await endpoint.DeleteAsync(force: true, World.Cancel);
        Assert.DoesNotContain("2000-61999", await Nft.ListAsync(world.Host), StringComparison.Ordinal);
    }

    private static Func<NetworkSpec, NetworkSpec> With(string label, string value)
        => spec => spec with { Options = new Dictionary<string, string>(spec.Options) { [label] = value } };

    private static IEnumerable<int> HostPorts(IEndpoint endpoint) => endpoint.State.PublishedPorts.Select(port => (int)port.HostPorts!.Value.First);
}

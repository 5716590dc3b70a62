using System.Net;
using System.Net.Sockets;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Published ports, with real traffic from outside, from the host and from containers.</summary>
[Trait("Category", "Kernel")]
public sealed class PublishingTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact, Trait("Feature", "PM-05"), Trait("Feature", "BR-17"), Trait("Feature", "FW-04")]
    public async Task A_published_port_answers_from_outside_and_from_the_host_by_both_families()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, "c", "8080:80/tcp", "8080:80/udp");
        await using EchoServer four = EchoServer.Start(c.OpenSocket, 80, "c");
        Assert.Equal(
            ["0.0.0.0:8080:80/tcp", "[::]:8080:80/tcp", "0.0.0.0:8080:80/udp", "[::]:8080:80/udp"],
            endpoint.State.PublishedPorts.Select(port => port.ToString()));

        foreach (string address in new[] { TestHost.HostIPv4, "127.0.0.1", "127.0.0.5" })
        {
            Func<AddressFamily, SocketType, ProtocolType, Socket> from = address.StartsWith("127", StringComparison.Ordinal)
                ? world.Host.Namespace.OpenSocket : world.Host.Outside.OpenSocket;
            Assert.StartsWith("c to", await Asker.TcpAsync(from, address, 8080), StringComparison.Ordinal);
            Assert.StartsWith("c to", await Asker.UdpAsync(from, address, 8080), StringComparison.Ordinal);
        }

        Assert.Equal($"c to {TestHost.OutsideIPv4}", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080));
        Assert.Equal($"c to {TestHost.HostIPv4}", await Asker.TcpAsync(world.Host.Namespace.OpenSocket, TestHost.HostIPv4, 8080));
        Assert.Null(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 80, expected: false));
    }

    [Fact, Trait("Feature", "PM-05")]
    public async Task A_published_port_answers_by_IPv6_also_from_the_hosts_loopback()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        (ISandbox c, _) = await world.PublishAsync(network, "c", "8080:80/tcp", "8080:80/udp");
        await using EchoServer six = EchoServer.Start(c.OpenSocket, 80, "c", AddressFamily.InterNetworkV6);

        Assert.Equal($"c to {TestHost.OutsideIPv6}", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080));
        Assert.Equal($"c to {TestHost.OutsideIPv6}", await Asker.UdpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080));
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Namespace.OpenSocket, TestHost.HostIPv6, 8080), StringComparison.Ordinal);
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Namespace.OpenSocket, "::1", 8080), StringComparison.Ordinal);
        Assert.StartsWith("c to", await Asker.UdpAsync(world.Host.Namespace.OpenSocket, "::1", 8080), StringComparison.Ordinal);
    }

    [Theory, Trait("Feature", "FW-11"), Trait("Feature", "BR-05"), Trait("Feature", "BR-18")]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Containers_reach_a_published_port_by_the_hosts_address_whether_or_not_bridged_packets_pass_the_firewall(string bridgedPass)
    {
        await using World world = await World.CreateAsync();
        await world.WriteSysctlAsync("net/bridge/bridge-nf-call-iptables", bridgedPass);
        await world.WriteSysctlAsync("net/bridge/bridge-nf-call-ip6tables", bridgedPass);
        INetwork network = await world.NetworkAsync("web"), other = await world.NetworkAsync("db");
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, "c", "8080:80/tcp", "8080:80/udp");
        (ISandbox neighbour, _) = await world.PublishAsync(network, "n");
        (ISandbox stranger, _) = await world.PublishAsync(other, "s");
        await using EchoServer four = EchoServer.Start(c.OpenSocket, 80, "c");
        await using EchoServer six = EchoServer.Start(c.OpenSocket, 8080, "six", AddressFamily.InterNetworkV6);

        foreach (ISandbox from in new[] { c, neighbour, stranger })
        {
            Assert.StartsWith("c to", await Asker.TcpAsync(from.OpenSocket, TestHost.HostIPv4, 8080) ?? from.ContainerId, StringComparison.Ordinal);
            Assert.StartsWith("c to", await Asker.UdpAsync(from.OpenSocket, TestHost.HostIPv4, 8080) ?? from.ContainerId, StringComparison.Ordinal);
        }

        string gateway = endpoint.State.GatewayIPv4!.ToString();
        Assert.StartsWith("c to", await Asker.TcpAsync(neighbour.OpenSocket, gateway, 8080), StringComparison.Ordinal);
        Assert.Null(await Asker.TcpAsync(stranger.OpenSocket, endpoint.State.IPv4!.Value.Address.ToString(), 80, expected: false));
    }

    [Fact, Trait("Feature", "PM-03"), Trait("Feature", "FW-04")]
    public async Task Only_the_published_address_protocol_and_port_are_led_to_the_endpoint()
    {
        const string OtherHostAddress = "192.0.2.9";
        await using World world = await World.CreateAsync();
        await world.InKernelAsync(static session =>
        {
            session.Route.Batch.AddAddress(session.Route.FindLink(TestHost.WireName)!.Index, IPAddress.Parse(OtherHostAddress), 24);
            session.Route.Execute();
        });
        INetwork network = await world.NetworkAsync("web");
        (ISandbox c, _) = await world.PublishAsync(network, "c", $"{TestHost.HostIPv4}:53:53/udp");
        (ISandbox neighbour, _) = await world.PublishAsync(network, "n");
        await using EchoServer published = EchoServer.Start(c.OpenSocket, 53, "c"), besides = EchoServer.Start(c.OpenSocket, 54, "c");
        await using EchoServer outside = EchoServer.Start(world.Host.Outside.OpenSocket, 53, "outside"), outside54 = EchoServer.Start(world.Host.Outside.OpenSocket, 54, "outside");
        await using EchoServer host = EchoServer.Start(world.Host.Namespace.OpenSocket, 54, "host", address: IPAddress.Parse(TestHost.HostIPv4));
        await using EchoServer other = EchoServer.Start(world.Host.Namespace.OpenSocket, 53, "other", address: IPAddress.Parse(OtherHostAddress));
        using Socket hostByTcp = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        hostByTcp.Bind(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv4), 53));   // the published port is UDP's
        hostByTcp.Listen();

        foreach (Func<AddressFamily, SocketType, ProtocolType, Socket> from in new[] { neighbour.OpenSocket, (Func<AddressFamily, SocketType, ProtocolType, Socket>)world.Host.Outside.OpenSocket })
        {
            Assert.StartsWith("c to", await Asker.UdpAsync(from, TestHost.HostIPv4, 53), StringComparison.Ordinal);   // the control
            Assert.StartsWith("other to", await Asker.UdpAsync(from, OtherHostAddress, 53), StringComparison.Ordinal);
            Assert.StartsWith("other to", await Asker.TcpAsync(from, OtherHostAddress, 53), StringComparison.Ordinal);
            Assert.StartsWith("host to", await Asker.UdpAsync(from, TestHost.HostIPv4, 54), StringComparison.Ordinal);
            Assert.StartsWith("host to", await Asker.TcpAsync(from, TestHost.HostIPv4, 54), StringComparison.Ordinal);
            Assert.StartsWith("outside to", await Asker.UdpAsync(from, TestHost.OutsideIPv4, 53), StringComparison.Ordinal);
            Assert.StartsWith("outside to", await Asker.TcpAsync(from, TestHost.OutsideIPv4, 53), StringComparison.Ordinal);
            Assert.StartsWith("outside to", await Asker.UdpAsync(from, TestHost.OutsideIPv4, 54), StringComparison.Ordinal);
            using Socket client = from(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv4), 53), Cancel);
            (await hostByTcp.AcceptAsync(Cancel)).Dispose();
        }

        Assert.Equal((2, 0), (published.Visits, besides.Visits));
    }

    [Fact, Trait("Feature", "FW-06"), Trait("Feature", "PM-03")]
    public async Task A_port_published_on_loopback_is_reached_only_by_the_host()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        (ISandbox c, _) = await world.PublishAsync(network, "c", "127.0.0.1:8080:80", "127.0.0.5:8081:80", "8082:80/udp", "127.0.0.6:7000-7009:7000-7009");
        (ISandbox neighbour, _) = await world.PublishAsync(network, "n");
        await using EchoServer server = EchoServer.Start(c.OpenSocket, 80, "c");
        await using EchoServer ranged = EchoServer.Start(c.OpenSocket, 7003, "ranged");
        await world.RouteOutsideAsync("127.0.0.0/30", TestHost.HostIPv4);
        await world.RouteOutsideAsync("127.0.0.4/30", TestHost.HostIPv4);
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Namespace.OpenSocket, "127.0.0.1", 8080), StringComparison.Ordinal);
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Namespace.OpenSocket, "127.0.0.5", 8081), StringComparison.Ordinal);
        Assert.StartsWith("ranged to", await Asker.TcpAsync(world.Host.Namespace.OpenSocket, "127.0.0.6", 7003), StringComparison.Ordinal);
        int visits = server.Visits + ranged.Visits;

        Assert.Null(await Asker.TcpAsync(world.Host.Namespace.OpenSocket, TestHost.HostIPv4, 8080, expected: false));
        Assert.Null(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080, expected: false));
        foreach ((string address, int port) in new[] { ("127.0.0.1", 8080), ("127.0.0.5", 8081), ("127.0.0.5", 8082), ("127.0.0.6", 7003) })
        {
            foreach (Func<AddressFamily, SocketType, ProtocolType, Socket> open in new[] { world.Host.Outside.OpenSocket, neighbour.OpenSocket })
            {
                Assert.Null(await Asker.TcpAsync(open, address, port, expected: false));
                Assert.Null(await Asker.UdpAsync(open, address, port, expected: false));
            }
        }

        Assert.Equal(visits, server.Visits + ranged.Visits);
    }

    [Fact, Trait("Feature", "PM-02"), Trait("Feature", "PM-07"), Trait("Feature", "PM-13"), Trait("Feature", "CN-19")]
    public async Task A_conflict_names_the_endpoint_or_the_process_that_holds_the_port_and_leaves_nothing()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        await world.PublishAsync(network, "first", "8080:80");
        using Socket process = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        process.Bind(new IPEndPoint(IPAddress.Any, 8088));
        process.Listen();
        await world.SandboxAsync("second");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);

        NetworkException byEndpoint = await Assert.ThrowsAsync<NetworkException>(() => world.AttachAsync(network, "second", "8085:85", "8080:80"));
        NetworkException byProcess = await Assert.ThrowsAsync<NetworkException>(() => world.AttachAsync(network, "second", "8085:85", "8088:80"));

        Assert.Equal(NetworkErrorKind.Conflict, byEndpoint.Kind);
        Assert.Equal("endpoint \"first\" on network \"web\"", byEndpoint.Holder);
        Assert.Contains("0.0.0.0:8080/tcp", byEndpoint.Message, StringComparison.Ordinal);
        Assert.Equal(NetworkErrorKind.Conflict, byProcess.Kind);
        Assert.Contains($"({Environment.ProcessId})", byProcess.Holder!, StringComparison.Ordinal);
        Assert.Contains("0.0.0.0:8088/tcp", byProcess.Message, StringComparison.Ordinal);
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "conflicts");
    }

    [Fact, Trait("Feature", "PM-07")]
    public async Task No_other_process_can_take_a_published_port()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        await world.PublishAsync(network, "c", "8080:80/tcp", "8080:80/udp");

        foreach ((SocketType type, ProtocolType protocol) in new[] { (SocketType.Stream, ProtocolType.Tcp), (SocketType.Dgram, ProtocolType.Udp) })
        {
            using Socket other = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, type, protocol);
            other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
            Assert.Equal(
                SocketError.AddressAlreadyInUse,
                Assert.Throws<SocketException>(() => other.Bind(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv4), 8080))).SocketErrorCode);
            other.Bind(new IPEndPoint(IPAddress.Parse(TestHost.HostIPv4), 8081));
        }
    }

    [Fact, Trait("Feature", "BR-22"), Trait("Feature", "PM-01")]
    public async Task Ports_follow_the_gateway_and_come_back_with_it()
    {
        await using World world = await World.CreateAsync();
        INetwork one = await world.NetworkAsync("one"), two = await world.NetworkAsync("two");
        (ISandbox c, IEndpoint first) = await world.PublishAsync(one, "c", "8080:80", "80");
        await using EchoServer server = EchoServer.Start(c.OpenSocket, 80, "c");
        IReadOnlyList<PortBinding> before = first.State.PublishedPorts;
        Assert.NotEmpty(before);

        IEndpoint second = await two.AttachAsync(
            c, new EndpointSpec { Name = "c", PortBindings = first.State.PortBindings }, new JoinOptions { GatewayPriority = 1 }, Cancel);

        Assert.Empty(first.State.PublishedPorts);
        Assert.Equal(4, second.State.PublishedPorts.Count);
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080), StringComparison.Ordinal);
        Assert.Contains($"{second.State.IPv4!.Value.Address} . 80", await Nft.ListAsync(world.Host), StringComparison.Ordinal);
        Assert.DoesNotContain($"{first.State.IPv4!.Value.Address} . 80", await Nft.ListAsync(world.Host), StringComparison.Ordinal);

        await second.LeaveAsync(c, Cancel);

        Assert.Equal(before, first.State.PublishedPorts);
        Assert.Empty(second.State.PublishedPorts);
        Assert.StartsWith("c to", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080), StringComparison.Ordinal);
        Assert.DoesNotContain($"{second.State.IPv4!.Value.Address} . 80", await Nft.ListAsync(world.Host), StringComparison.Ordinal);
    }

    /// <summary>A process that is being started holds for a moment what its parent has closed.</summary>
    [Theory, Trait("Feature", "PM-01"), InlineData(false), InlineData(true)]
    public async Task A_port_that_an_endpoint_had_is_waited_for_a_moment(bool goesOn)
    {
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults);
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false });
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, "c", "53/udp");
        ushort before = endpoint.State.PublishedPorts[0].HostPorts!.Value.First;
        await endpoint.LeaveAsync(c, Cancel);
        using Socket other = world.Host.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Any, before));
        int tries = 0;
        faults.Passing = point =>
        {
            if (point == $"hold port 0.0.0.0:{before}" && ++tries == 2 && goesOn)
            {
                other.Dispose();
            }
        };

        await endpoint.JoinAsync(c, cancellationToken: Cancel);

        Assert.Equal(goesOn, endpoint.State.PublishedPorts.All(binding => binding.HostPorts!.Value.First == before));
        Assert.Equal(goesOn ? 2 : 6, tries);
    }

    [Fact, Trait("Feature", "BR-24"), Trait("Feature", "BR-25")]
    public async Task A_UDP_client_reaches_the_next_container_with_its_next_datagram()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false });
        (ISandbox old, IEndpoint first) = await world.PublishAsync(network, "old", "9000:9000/udp");
        EchoServer oldServer = EchoServer.Start(old.OpenSocket, 9000, "old");
        using Socket client = world.Host.Outside.OpenSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.StartsWith("old", await Asker.UdpAsync(client, TestHost.HostIPv4, 9000), StringComparison.Ordinal);
        Assert.Contains("0.0.0.0:9000:9000/udp", first.State.Details["com.docker.network.portmap"], StringComparison.Ordinal);
        await oldServer.DisposeAsync();
        await old.DeleteAsync(Cancel);
        Assert.Null(await Asker.UdpAsync(client, TestHost.HostIPv4, 9000, expected: false));   // the host itself now has a flow of it

        (ISandbox young, _) = await world.PublishAsync(network, "young", "9000:9000/udp");
        await using EchoServer youngServer = EchoServer.Start(young.OpenSocket, 9000, "young");

        Assert.StartsWith("young", await Asker.UdpAsync(client, TestHost.HostIPv4, 9000), StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "PM-10"), Trait("Feature", "PM-09"), Trait("Feature", "BR-23")]
    public async Task IPv6_clients_reach_a_container_that_has_only_IPv4()
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web", spec => spec with { EnableIPv6 = false });
        (ISandbox c, IEndpoint endpoint) = await world.PublishAsync(network, "c", "8080:80/tcp", "8080:80/udp");
        await using EchoServer server = EchoServer.Start(c.OpenSocket, 80, "c");
        Assert.Contains("[::]:8080:80/tcp", endpoint.State.PublishedPorts.Select(port => port.ToString()));
        string expected = $"c to {endpoint.State.GatewayIPv4}";

        Assert.Equal(expected, await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080));
        Assert.Equal(expected, await Asker.UdpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080));
        Assert.Equal(expected, await Asker.TcpAsync(world.Host.Namespace.OpenSocket, "::1", 8080));
        Assert.Equal(expected, await Asker.UdpAsync(world.Host.Namespace.OpenSocket, "::1", 8080));
        Assert.Equal($"c to {TestHost.OutsideIPv4}", await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080));

        await endpoint.LeaveAsync(c, Cancel);
        Assert.Null(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080, expected: false));
    }
}

using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge.Tests;

[Trait("Category", "Kernel")]
public sealed class BridgeEndpointKernelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Feature", "BR-03")]
    [Trait("Feature", "BR-04")]
    public async Task A_join_makes_the_whole_cable_in_one_request_and_raises_it_without_IPv6()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host, (NetworkLabels.Mtu, "1400"));
        NetworkNamespace sandbox = host.Namespace("box");
        host.Observer.Arm();

        DriverJoin join = await host.Driver.JoinAsync(Requests.Join(endpoint, sandbox, "net7"), Cancel);

        host.Observer.Disarm();
        string port = "veth" + endpoint.Id.Value[..7];
        int bridge = (await host.NeedLinkAsync("br-x")).Index;
        LinkInfo outside = await host.NeedLinkAsync(port);
        LinkInfo inside = await host.LinkInsideAsync(sandbox, "net7") ?? throw new InvalidOperationException("no net7");
        Assert.Equal(
            [
                new KernelRequest("create veth", port), new KernelRequest("write sysctl", $"net/ipv6/conf/{port}/disable_ipv6"),
                new KernelRequest("change link", port), new KernelRequest("remove neighbour", $"{endpoint.IPv4!.Value.Address} on link {bridge}"),
                new KernelRequest("remove neighbour", $"{endpoint.IPv6!.Value.Address} on link {bridge}"),
            ],
            host.Observer.Seen.Where(static request => request.IsChange));
        Assert.Equal(("veth", true, 1400u), (outside.Kind, outside.Up, outside.Mtu));
        Assert.Equal((await host.NeedLinkAsync("br-x")).Index, outside.Master);
        Assert.Equal(("veth", 1400u, "02:00:00:00:00:07"), (inside.Kind, inside.Mtu, new MacAddress(inside.PhysicalAddress.GetAddressBytes()).ToString()));
        Assert.Equal((new InterfaceName("net7"), true), (join.SourceName, join.CreatedInSandbox));
        Assert.Equal([port, "br-x"], join.HostInterfaces.Select(static name => name.Value));
        Assert.Equal(("10.77.1.1", "fd77:1::1"), (join.GatewayIPv4?.ToString(), join.GatewayIPv6?.ToString()));
        Assert.Equal(network.Id, endpoint.NetworkId);
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task A_port_has_no_IPv6_of_its_own()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        await host.ChangeAsync(static batch =>
        {
            batch.CreateVeth(new VethLinkSpec { Name = "plain0", PeerName = "plain1", Up = true });
            batch.ChangeLink("plain1", new LinkChange { Up = true });
        });

        DriverJoin join = await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);

        Assert.Equal("1", await host.SysctlAsync($"net/ipv6/conf/{join.HostInterfaces[0]}/disable_ipv6"));
        Assert.Equal("0", await host.SysctlAsync("net/ipv6/conf/plain0/disable_ipv6"));   // the control: an interface like any other
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task The_bridge_keeps_its_MTU_when_the_last_port_goes()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host, (NetworkLabels.Mtu, "1400"));
        await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);
        await host.Driver.LeaveAsync(network.Id, endpoint.Id, Cancel);

        await host.Kernel.Reaper.DrainAsync();

        Assert.Equal(1400u, (await host.NeedLinkAsync("br-x")).Mtu);
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task A_bridge_without_a_free_port_is_exhausted_and_says_so()
    {
        const int KernelsLimit = 1023;   // BR_MAX_PORTS less one
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        int bridge = (await host.NeedLinkAsync("br-x")).Index;
        for (int i = 0; i < KernelsLimit; i++)
        {
            await host.ChangeAsync(batch => batch.CreateVeth(new VethLinkSpec { Name = $"p{i}", PeerName = $"q{i}", Master = bridge, Group = 9 }));
        }

        NetworkNamespace sandbox = host.Namespace("box");
        string before = await host.SnapshotAsync();
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            () => host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel).AsTask());

        Assert.Equal(NetworkErrorKind.Exhausted, refused.Kind);
        Assert.Contains("br-x", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await host.SnapshotAsync());
        await host.ChangeAsync(static batch => batch.DeleteLink("p0"));
        await host.Driver.JoinAsync(Requests.Join(endpoint, sandbox), Cancel);   // the control
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task The_host_interfaces_prefix_can_be_chosen()
    {
        await using TestHost host = TestHost.Start(new BridgeDriverOptions { HostInterfacePrefix = "lnport8c" });
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);

        await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);

        Assert.NotNull(await host.LinkAsync("lnport8c" + endpoint.Id.Value[..7]));
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task A_taken_name_makes_the_next_digits_of_the_id_the_name_and_the_firewall_knows_it()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host, (BridgeLabels.EnableInterContainer, "false"));
        string id = endpoint.Id.Value;
        await host.ChangeAsync(batch => batch.CreateBridge(new BridgeLinkSpec { Name = "veth" + id[..7] }));

        DriverJoin join = await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);

        string port = "veth" + id[7..14];
        Assert.Equal(port, join.HostInterfaces[0].Value);
        Assert.Equal($"add endpoint {id} {port}", host.Firewall.Calls[^1]);
        Assert.Contains($"endpoint {id}", host.Firewall.State);
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task When_all_names_are_taken_the_join_is_a_conflict_and_leaves_nothing()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        string id = endpoint.Id.Value;
        await host.ChangeAsync(batch =>
        {
            batch.CreateBridge(new BridgeLinkSpec { Name = "veth" + id[..7] });
            batch.CreateBridge(new BridgeLinkSpec { Name = "veth" + id[7..14] });
            batch.CreateBridge(new BridgeLinkSpec { Name = "veth" + id[14..21] });
        });
        string before = await host.SnapshotAsync();

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            async () => await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel));

        Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    [Trait("Feature", "BR-04")]
    public async Task A_name_that_is_taken_in_the_sandbox_is_a_conflict_and_leaves_nothing()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        string before = await host.SnapshotAsync();

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            async () => await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box"), "lo"), Cancel));

        Assert.Equal((NetworkErrorKind.Conflict, "interface \"lo\""), (refused.Kind, refused.Holder));
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task An_endpoint_can_join_and_leave_many_times_in_a_row()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        string before = await host.SnapshotAsync();

        for (int i = 0; i < 8; i++)
        {
            await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace($"box{i}")), Cancel);
            await host.Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
            await host.Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);
        }

        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    [Trait("Feature", "BR-03")]
    public async Task A_name_that_the_reaper_frees_in_the_middle_of_a_join_is_not_mistaken_for_one_in_the_sandbox()
    {
        await using TestHost host = TestHost.Start();
        await using HostKernel reaper = HostKernel.Open(new HostKernelOptions { NamespacePath = host.Kernel.HostNamespace.Path });
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        string port = "veth" + endpoint.Id.Value[..7];
        await host.ChangeAsync(batch => batch.CreateVeth(new VethLinkSpec { Name = port, PeerName = "other" }));
        host.Observer.Before = request =>
        {
            if (request == new KernelRequest("find link", port))
            {
                Task<bool> deleted = reaper.RunAsync(
                    static (session, name) =>
                    {
                        session.Route.Batch.DeleteLink(name);
                        session.Route.Execute();
                        return true;
                    },
                    port).AsTask();
                deleted.Wait();
            }
        };
        host.Observer.Arm();

        DriverJoin join = await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);

        host.Observer.Disarm();
        Assert.Equal(port, join.HostInterfaces[0].Value);
    }

    [Fact]
    public async Task Leaving_after_the_sandbox_died_succeeds()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        string before = await host.SnapshotAsync();
        await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);
        await host.ChangeAsync(batch => batch.DeleteLink("veth" + endpoint.Id.Value[..7]));

        await host.Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);

        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    public async Task Joining_the_same_sandbox_again_changes_nothing_and_another_is_forbidden()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);
        DriverJoinRequest join = Requests.Join(endpoint, host.Namespace("box"));
        DriverJoin first = await host.Driver.JoinAsync(join, Cancel);

        DriverJoin second = await host.Driver.JoinAsync(join, Cancel);
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            async () => await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("other")), Cancel));

        Assert.Equal(first.HostInterfaces, second.HostInterfaces);
        Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind);
    }

    [Fact]
    [Trait("Feature", "BR-14")]
    public async Task An_endpoint_is_protected_before_its_cable_is_there_and_until_it_is_down()
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host, (BridgeLabels.EnableInterContainer, "false"));
        string port = "veth" + endpoint.Id.Value[..7];
        List<string> seen = [];
        host.Firewall.Before = async call => seen.Add($"{call.Split(' ')[0]} {(await host.LinkAsync(port))?.Up.ToString() ?? "absent"}");

        await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);
        await host.Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel);

        Assert.Equal("add absent", seen[0]);
        Assert.Contains(seen[1], new[] { "remove False", "remove absent" });
        Assert.False(host.Firewall.Networks.Single().InterContainer);
    }

    [Fact]
    [Trait("Feature", "BR-15")]
    public async Task Links_open_the_exposed_ports_while_the_endpoint_is_joined()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest network = Requests.Dual(labels: Requests.Labels((BridgeLabels.EnableInterContainer, "false")));
        DriverEndpointRequest server = Requests.Endpoint(network, 2, "80/tcp", "53/udp");
        DriverEndpointRequest client = Requests.Endpoint(network, 3);
        DriverEndpointRequest parent = Requests.Endpoint(network, 4) with { IPv6 = null, ExposedPorts = [TransportPort.Parse("9/tcp")] };
        await host.Driver.CreateNetworkAsync(network, Cancel);
        foreach (DriverEndpointRequest endpoint in new[] { server, client, parent })
        {
            await host.Driver.CreateEndpointAsync(endpoint, Cancel);
        }

        Dictionary<string, string> children = Requests.Labels((BridgeLabels.LinkChildren, server.Id.Value));
        await host.Driver.JoinAsync(Requests.Join(client, host.Namespace("client"), labels: children), Cancel);
        List<string> asChild = Describe(host.Firewall.Links);
        await host.Driver.LeaveAsync(network.Id, client.Id, Cancel);
        List<string> afterLeave = Describe(host.Firewall.Links);
        Dictionary<string, string> parents = Requests.Labels((BridgeLabels.LinkParents, parent.Id.Value));
        await host.Driver.JoinAsync(Requests.Join(server, host.Namespace("server"), labels: parents), Cancel);

        Assert.Equal(
            [
                "10.77.1.3>10.77.1.2:53/udp", "10.77.1.3>10.77.1.2:80/tcp",
                "fd77:1::3>fd77:1::2:53/udp", "fd77:1::3>fd77:1::2:80/tcp",
            ],
            asChild);
        Assert.Empty(afterLeave);
        Assert.Equal(["10.77.1.4>10.77.1.2:53/udp", "10.77.1.4>10.77.1.2:80/tcp"], Describe(host.Firewall.Links));
    }

    [Theory]
    [InlineData("unknown-endpoint", NetworkErrorKind.NotFound)]
    [InlineData("not/an/id", NetworkErrorKind.InvalidArgument)]
    [Trait("Feature", "BR-15")]
    public async Task A_link_to_what_is_no_endpoint_fails_the_join_and_leaves_nothing(string id, NetworkErrorKind kind)
    {
        await using TestHost host = TestHost.Start();
        (_, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host, (BridgeLabels.EnableInterContainer, "false"));
        string before = await host.SnapshotAsync();
        DriverJoinRequest join = Requests.Join(endpoint, host.Namespace("box"), labels: Requests.Labels((BridgeLabels.LinkChildren, id)));

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.JoinAsync(join, Cancel));

        Assert.Equal(kind, refused.Kind);
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    [Trait("Feature", "BR-25")]
    public async Task The_details_say_mac_and_exposed_ports()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest network = Requests.IPv4();
        DriverEndpointRequest endpoint = Requests.Endpoint(network, 2, "80/tcp", "53/udp");
        await host.Driver.CreateNetworkAsync(network, Cancel);
        DriverEndpoint made = await host.Driver.CreateEndpointAsync(endpoint, Cancel);

        IReadOnlyDictionary<string, string> details = host.Driver.GetEndpointDetails(network.Id, endpoint.Id);

        Assert.Equal(made.MacAddress.ToString(), details[NetworkLabels.MacAddress]);
        Assert.Equal("80/tcp,53/udp", details[BridgeLabels.ExposedPorts]);
        Assert.Empty(host.Driver.GetEndpointDetails(network.Id, EndpointId.New()));
        Assert.Empty(host.Driver.GetEndpointDetails(NetworkId.New(), endpoint.Id));
    }

    [Fact]
    public async Task An_endpoints_random_mac_is_kept_when_it_is_created_again_and_a_given_one_is_not_reported()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest given) = await NetworkWithEndpointAsync(host);
        DriverEndpointRequest open = Requests.Endpoint(network, 9);

        DriverEndpoint first = await host.Driver.CreateEndpointAsync(open, Cancel);
        DriverEndpoint second = await host.Driver.CreateEndpointAsync(open, Cancel);

        Assert.NotNull(first.MacAddress);
        Assert.Equal(first.MacAddress, second.MacAddress);
        Assert.Null((await host.Driver.CreateEndpointAsync(given, Cancel)).MacAddress);
    }

    [Fact]
    public async Task A_multicast_mac_and_an_unknown_network_are_refused()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, _) = await NetworkWithEndpointAsync(host);

        NetworkException multicast = await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.CreateEndpointAsync(
            Requests.Endpoint(network, 9) with { MacAddress = MacAddress.Parse("01:00:5e:00:00:01") }, Cancel));
        NetworkException unknown = await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.CreateEndpointAsync(
            Requests.Endpoint(network, 9) with { NetworkId = NetworkId.New() }, Cancel));

        Assert.Equal((NetworkErrorKind.InvalidArgument, "MacAddress"), (multicast.Kind, multicast.Field));
        Assert.Equal(NetworkErrorKind.NotFound, unknown.Kind);
    }

    [Fact]
    [Trait("Feature", "BR-19")]
    public async Task An_internal_network_offers_no_gateway_and_a_reserved_one_is_offered()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest shut = Requests.Dual("shut", isInternal: true);
        DriverNetworkRequest open = Requests.IPv4("open", net: 2) with
        {
            Pools = [Requests.Pool("10.77.2.0/24", "10.77.2.1", (BridgeLabels.DefaultGatewayIPv4, "10.77.2.250"))],
        };

        DriverJoin inShut = await JoinNewAsync(host, shut, "a");
        DriverJoin inOpen = await JoinNewAsync(host, open, "b");

        Assert.Equal((null, null), (inShut.GatewayIPv4, inShut.GatewayIPv6));
        Assert.Equal("10.77.2.250", inOpen.GatewayIPv4?.ToString());
    }

    [Fact]
    public async Task An_endpoint_that_lost_IPv6_is_offered_no_IPv6_gateway()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest endpoint) = await NetworkWithEndpointAsync(host);

        await host.Driver.ReleaseIPv6Async(network.Id, endpoint.Id, Cancel);
        DriverJoin join = await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);

        Assert.Equal(("10.77.1.1", null), (join.GatewayIPv4?.ToString(), join.GatewayIPv6));
    }

    [Fact]
    public async Task Deleting_an_endpoint_or_a_network_takes_what_is_still_joined_along()
    {
        await using TestHost host = TestHost.Start();
        (DriverNetworkRequest network, DriverEndpointRequest first) = await NetworkWithEndpointAsync(host);
        DriverEndpointRequest second = Requests.Endpoint(network, 9);
        await host.Driver.CreateEndpointAsync(second, Cancel);
        await host.Driver.JoinAsync(Requests.Join(first, host.Namespace("a")), Cancel);
        await host.Driver.JoinAsync(Requests.Join(second, host.Namespace("b")), Cancel);

        await host.Driver.DeleteEndpointAsync(network.Id, first.Id, Cancel);
        await host.Driver.DeleteEndpointAsync(network.Id, first.Id, Cancel);
        await host.Driver.DeleteNetworkAsync(network.Id, Cancel);

        Assert.DoesNotContain("veth", await host.SnapshotAsync());
        Assert.Empty(host.Firewall.State);
    }

    [Fact]
    [Trait("Feature", "BR-10")]
    public async Task The_interface_prefix_is_the_networks()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest network = Requests.IPv4(labels: Requests.Labels((NetworkLabels.InterfacePrefix, "net")));
        await host.Driver.CreateNetworkAsync(network, Cancel);

        Assert.Equal("net", (await host.Driver.CreateEndpointAsync(Requests.Endpoint(network), Cancel)).InterfacePrefix);
    }

    private static List<string> Describe(IEnumerable<FirewallLink> links)
        => [.. links.Select(static link => $"{link.Client}>{link.Server}:{link.Port}").Order(StringComparer.Ordinal)];

    private static async Task<DriverJoin> JoinNewAsync(TestHost host, DriverNetworkRequest network, string box)
    {
        DriverEndpointRequest endpoint = Requests.Endpoint(network);
        await host.Driver.CreateNetworkAsync(network, Cancel);
        await host.Driver.CreateEndpointAsync(endpoint, Cancel);
        return await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace(box)), Cancel);
    }

    private static async Task<(DriverNetworkRequest Network, DriverEndpointRequest Endpoint)> NetworkWithEndpointAsync(
        TestHost host, params (string Label, string Value)[] labels)
    {
        DriverNetworkRequest network = Requests.Dual(labels: Requests.Labels([(BridgeLabels.BridgeName, "br-x"), .. labels]));
        DriverEndpointRequest endpoint = Requests.Endpoint(network, 7) with { MacAddress = MacAddress.Parse("02:00:00:00:00:07") };
        await host.Driver.CreateNetworkAsync(network, Cancel);
        await host.Driver.CreateEndpointAsync(endpoint, Cancel);
        return (network, endpoint);
    }
}

using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Bridge.Tests;

[Trait("Category", "Kernel")]
public sealed class BridgeNetworkKernelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Feature", "BR-01")]
    [Trait("Feature", "BR-02")]
    public async Task A_network_is_a_bridge_with_its_addresses_a_local_mac_and_a_mark()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.Dual();

        await host.Driver.CreateNetworkAsync(request, Cancel);

        string name = "br-" + request.Id.Value[..12];
        LinkInfo bridge = await host.NeedLinkAsync(name);
        Assert.Equal(("bridge", true, 1500u), (bridge.Kind, bridge.Up, bridge.Mtu));
        Assert.StartsWith($"libnetwork:network:{request.Id} ", bridge.Alias, StringComparison.Ordinal);
        Assert.Equal(0x02, bridge.PhysicalAddress.GetAddressBytes()[0] & 0x03);
        Assert.Equal(["10.77.1.1/24", "fd77:1::1/64"], await host.AddressesAsync(name));
        Assert.Equal("0", await host.SysctlAsync($"net/ipv6/conf/{name}/accept_ra"));
        Assert.Equal("0", await host.SysctlAsync($"net/ipv6/conf/{name}/disable_ipv6"));
        IReadOnlyList<AddressInfo> addresses = await host.ReadAsync(session => session.Route.DumpAddresses(bridge.Index));
        Assert.DoesNotContain(addresses, static address => (address.Flags & 0x40) != 0);   // IFA_F_TENTATIVE
    }

    [Fact]
    [Trait("Feature", "BR-02")]
    public async Task The_bridges_mac_stays_when_a_port_comes()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.IPv4(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x")));
        await host.Driver.CreateNetworkAsync(request, Cancel);
        LinkInfo before = await host.NeedLinkAsync("br-x");
        DriverEndpointRequest endpoint = Requests.Endpoint(request) with { MacAddress = MacAddress.Parse("02:00:00:00:00:01") };
        await host.Driver.CreateEndpointAsync(endpoint, Cancel);

        await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);

        Assert.Equal(before.PhysicalAddress, (await host.NeedLinkAsync("br-x")).PhysicalAddress);
    }

    [Fact]
    [Trait("Feature", "BR-02")]
    public async Task The_mtu_label_reaches_the_bridge()
    {
        await using TestHost host = TestHost.Start(new BridgeDriverOptions { Mtu = 1400 });

        await host.Driver.CreateNetworkAsync(Requests.IPv4("a", Requests.Labels((BridgeLabels.BridgeName, "br-a"))), Cancel);
        await host.Driver.CreateNetworkAsync(
            Requests.IPv4("b", Requests.Labels((BridgeLabels.BridgeName, "br-b"), (NetworkLabels.Mtu, "9000")), net: 2), Cancel);

        Assert.Equal((1400u, 9000u), ((await host.NeedLinkAsync("br-a")).Mtu, (await host.NeedLinkAsync("br-b")).Mtu));
    }

    [Fact]
    [Trait("Feature", "BR-02")]
    public async Task Router_advertisements_are_refused_before_the_bridge_is_up_and_the_firewall_comes_before_both()
    {
        await using TestHost host = TestHost.Start();
        host.Firewall.Before = async call => host.Firewall.Calls.Add($"{call} with bridge: {await host.LinkAsync("br-x") is not null}");
        host.Observer.Arm();

        await host.Driver.CreateNetworkAsync(Requests.Dual(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x"))), Cancel);

        host.Observer.Disarm();
        List<string> order = [.. host.Observer.Seen.Select(static request => $"{request.Operation} {request.Subject}")];
        int create = order.IndexOf("create bridge br-x");
        int refuse = order.IndexOf("write sysctl net/ipv6/conf/br-x/accept_ra");
        int up = order.FindIndex(static request => request.StartsWith("change link", StringComparison.Ordinal));
        Assert.True(create >= 0 && create < refuse && refuse < up, string.Join('\n', order));
        Assert.EndsWith("with bridge: False", host.Firewall.Calls[0]);
    }

    [Fact]
    [Trait("Feature", "BR-01")]
    public async Task The_default_bridge_outlives_its_network()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.IPv4(labels: Requests.Labels((BridgeLabels.DefaultBridge, "true")));

        await host.Driver.CreateNetworkAsync(request, Cancel);
        await host.Driver.DeleteNetworkAsync(request.Id, Cancel);
        await host.Kernel.Reaper.DrainAsync();

        Assert.Equal("bridge", (await host.NeedLinkAsync("docker0")).Kind);
    }

    [Fact]
    [Trait("Feature", "BR-01")]
    public async Task A_default_bridge_of_another_name_must_be_there()
    {
        await using TestHost host = TestHost.Start();
        string before = await host.SnapshotAsync();
        DriverNetworkRequest request = Requests.IPv4(labels: Requests.Labels((BridgeLabels.DefaultBridge, "true"), (BridgeLabels.BridgeName, "br0")));

        Assert.Equal(NetworkErrorKind.Forbidden, (await RefusedAsync(host, request)).Kind);
        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    [Trait("Feature", "BR-06")]
    public async Task A_bridge_that_is_there_is_used_and_stays_with_its_name()
    {
        await using TestHost host = TestHost.Start();
        await host.ChangeAsync(static batch => batch.CreateBridge(new BridgeLinkSpec { Name = "br-x", Up = true }));
        LinkInfo before = await host.NeedLinkAsync("br-x");
        DriverNetworkRequest request = Requests.Dual(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x")));

        await host.Driver.CreateNetworkAsync(request, Cancel);
        IReadOnlyList<string> addresses = await host.AddressesAsync("br-x");
        await host.Driver.DeleteNetworkAsync(request.Id, Cancel);
        await host.Kernel.Reaper.DrainAsync();

        LinkInfo after = await host.NeedLinkAsync("br-x");
        Assert.Equal(["10.77.1.1/24", "fd77:1::1/64"], addresses);
        Assert.Equal((before.Index, before.PhysicalAddress, null, true), (after.Index, after.PhysicalAddress, after.Alias, after.Up));
        Assert.Empty(await host.AddressesAsync("br-x"));
    }

    [Fact]
    [Trait("Feature", "BR-06")]
    public async Task Another_kind_of_interface_of_that_name_is_a_conflict_that_says_the_kind()
    {
        await using TestHost host = TestHost.Start();
        await host.ChangeAsync(static batch => batch.CreateVeth(new VethLinkSpec { Name = "br-x", PeerName = "other" }));
        string before = await host.SnapshotAsync();

        NetworkException refused = await RefusedAsync(host, Requests.IPv4(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x"))));

        Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
        Assert.Contains("veth", refused.Message);
        Assert.Equal(before, await host.SnapshotAsync());
        Assert.Equal(NetworkErrorKind.Conflict, (await RefusedAsync(host, Requests.IPv4(labels: Requests.Labels((BridgeLabels.BridgeName, "lo"))))).Kind);
    }

    [Fact]
    [Trait("Feature", "BR-06")]
    public async Task A_bridge_that_carries_the_networks_mark_is_its_own_again_after_a_restart()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.IPv4(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x")));
        await host.ChangeAsync(static batch => batch.CreateBridge(new BridgeLinkSpec { Name = "br-x" }));
        await host.ChangeAsync(batch => batch.ChangeLink("br-x", new LinkChange { Alias = $"libnetwork:network:{request.Id}" }));

        await host.Driver.CreateNetworkAsync(request, Cancel);
        await host.Driver.DeleteNetworkAsync(request.Id, Cancel);
        await host.Kernel.Reaper.DrainAsync();

        Assert.Null(await host.LinkAsync("br-x"));
    }

    [Fact]
    [Trait("Feature", "BR-07")]
    public async Task Two_networks_share_neither_bridge_nor_subnet()
    {
        await using TestHost host = TestHost.Start();
        await host.Driver.CreateNetworkAsync(Requests.Dual("first", Requests.Labels((BridgeLabels.BridgeName, "br-x"))), Cancel);
        string before = await host.SnapshotAsync();
        DriverNetworkRequest sameName = Requests.IPv4("second", Requests.Labels((BridgeLabels.BridgeName, "br-x")), net: 2);
        DriverNetworkRequest sameIPv4 = Requests.IPv4("second") with { Pools = [Requests.Pool("10.77.0.0/16", "10.77.0.1")] };
        DriverNetworkRequest sameIPv6 = Requests.IPv4("second") with
        {
            EnableIPv4 = false,
            EnableIPv6 = true,
            Pools = [Requests.Pool("fd77:1:0:0:8000::/65")],
        };

        foreach (DriverNetworkRequest request in new[] { sameName, sameIPv4, sameIPv6 })
        {
            NetworkException refused = await RefusedAsync(host, request);
            Assert.Equal((NetworkErrorKind.Forbidden, "first"), (refused.Kind, refused.Holder));
        }

        Assert.Equal(before, await host.SnapshotAsync());
    }

    [Fact]
    [Trait("Feature", "BR-07")]
    public async Task Of_many_overlapping_networks_at_once_one_wins()
    {
        await using TestHost host = TestHost.Start();

        Task<bool>[] attempts = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            try
            {
                await host.Driver.CreateNetworkAsync(Requests.IPv4(), Cancel);
                return true;
            }
            catch (NetworkException refused) when (refused.Kind == NetworkErrorKind.Forbidden)
            {
                return false;
            }
        }))];

        Assert.Single(await Task.WhenAll(attempts), static won => won);
    }

    [Fact]
    [Trait("Feature", "BR-07")]
    public async Task A_failed_create_gives_name_and_subnet_back()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.IPv4(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x")));
        host.Firewall.Arm(failAt: 1);
        await RefusedAsync(host, request);
        host.Firewall.Arm(failAt: 0);

        await host.Driver.CreateNetworkAsync(request with { Id = NetworkId.New() }, Cancel);
    }

    [Fact]
    [Trait("Feature", "BR-08")]
    public async Task A_network_with_IPv6_only_works()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.Dual(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x"))) with { EnableIPv4 = false };

        await host.Driver.CreateNetworkAsync(request, Cancel);

        Assert.Equal(["fd77:1::1/64"], await host.AddressesAsync("br-x"));
        Assert.Null(host.Firewall.Networks.Single().IPv4);
        Assert.Equal("0", await host.SysctlAsync("net/ipv4/ip_forward"));
        Assert.Equal("1", await host.SysctlAsync("net/ipv6/conf/all/forwarding"));
    }

    [Theory]
    [InlineData("isolated", "nat", new[] { "fd77:1::1/64" }, "0")]
    [InlineData("nat", "isolated", new[] { "10.77.1.1/24" }, "1")]
    [InlineData("isolated", "isolated", new string[0], "1")]
    [Trait("Feature", "BR-12")]
    public async Task An_isolated_family_has_no_address_on_the_bridge(string mode4, string mode6, string[] addresses, string disabled)
    {
        await using TestHost host = TestHost.Start();

        await host.Driver.CreateNetworkAsync(
            Requests.Dual(
                labels: Requests.Labels((BridgeLabels.BridgeName, "br-x"), (BridgeLabels.GatewayModeIPv4, mode4), (BridgeLabels.GatewayModeIPv6, mode6)),
                isInternal: true),
            Cancel);

        Assert.Equal(addresses, await host.AddressesAsync("br-x"));
        Assert.Equal(disabled, await host.SysctlAsync("net/ipv6/conf/br-x/disable_ipv6"));
        Assert.True(host.Firewall.Networks.Single().Internal);
    }

    [Fact]
    [Trait("Feature", "BR-13")]
    public async Task An_inhibited_bridge_has_no_IPv4_address_but_its_endpoints_have_a_gateway()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.IPv4(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x"), (BridgeLabels.InhibitIPv4, "true")));
        await host.Driver.CreateNetworkAsync(request, Cancel);
        DriverEndpointRequest endpoint = Requests.Endpoint(request);
        await host.Driver.CreateEndpointAsync(endpoint, Cancel);

        DriverJoin join = await host.Driver.JoinAsync(Requests.Join(endpoint, host.Namespace("box")), Cancel);

        Assert.Empty(await host.AddressesAsync("br-x"));
        Assert.Equal("10.77.1.1", join.GatewayIPv4?.ToString());
    }

    [Fact]
    [Trait("Feature", "BR-21")]
    public async Task Residual_IPv6_addresses_go_from_a_bridge_that_was_there_but_not_the_kernels()
    {
        await using TestHost host = TestHost.Start();
        await host.ChangeAsync(static batch => batch.CreateBridge(new BridgeLinkSpec { Name = "br-x", Up = true }));
        int index = (await host.NeedLinkAsync("br-x")).Index;
        await host.ChangeAsync(batch =>
        {
            batch.AddAddress(index, System.Net.IPAddress.Parse("2001:db8::5"), 64);
            batch.AddAddress(index, System.Net.IPAddress.Parse("fe80::5"), 64);
            batch.AddAddress(index, System.Net.IPAddress.Parse("fe80:1::5"), 64);
            batch.AddAddress(index, System.Net.IPAddress.Parse("fd77:1::1"), 80);
            batch.AddAddress(index, System.Net.IPAddress.Parse("10.77.1.9"), 24);
            batch.AddAddress(index, System.Net.IPAddress.Parse("10.99.0.1"), 24);
        });

        await host.Driver.CreateNetworkAsync(Requests.Dual(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x"))), Cancel);

        IReadOnlyList<AddressInfo> left = await host.ReadAsync(session => session.Route.DumpAddresses(index));
        Assert.Equal(["10.77.1.1/24", "10.99.0.1/24", "fd77:1::1/80"], await host.AddressesAsync("br-x"));
        Assert.Equal(["fe80::5"], left.Where(static address => address.Address.IsIPv6LinkLocal && address.Address.GetAddressBytes()[15] == 5)
            .Select(static address => new System.Net.IPAddress(address.Address.GetAddressBytes()).ToString()));
    }

    [Fact]
    [Trait("Feature", "BR-16")]
    public async Task Forwarding_is_turned_on_only_for_networks_with_a_way_out_and_only_when_wanted()
    {
        await using TestHost host = TestHost.Start();
        await host.WriteSysctlAsync("net/ipv4/ip_forward", "0");
        await host.WriteSysctlAsync("net/ipv6/conf/all/forwarding", "0");
        await using TestHost other = TestHost.Start(new BridgeDriverOptions { EnableForwarding = false });
        await other.WriteSysctlAsync("net/ipv4/ip_forward", "0");

        await host.Driver.CreateNetworkAsync(Requests.Dual(isInternal: true), Cancel);
        Assert.Equal(("0", "0"), (await host.SysctlAsync("net/ipv4/ip_forward"), await host.SysctlAsync("net/ipv6/conf/all/forwarding")));
        await host.Driver.CreateNetworkAsync(Requests.IPv4(net: 2), Cancel);
        Assert.Equal(("1", "0"), (await host.SysctlAsync("net/ipv4/ip_forward"), await host.SysctlAsync("net/ipv6/conf/all/forwarding")));
        await host.Driver.CreateNetworkAsync(Requests.Dual(net: 3), Cancel);
        Assert.Equal("1", await host.SysctlAsync("net/ipv6/conf/all/forwarding"));
        await other.Driver.CreateNetworkAsync(Requests.IPv4(), Cancel);
        Assert.Equal("0", await other.SysctlAsync("net/ipv4/ip_forward"));
    }

    [Fact]
    public async Task A_deleted_networks_name_is_free_at_once_and_its_bridge_goes()
    {
        await using TestHost host = TestHost.Start();
        string before = await host.SnapshotAsync();
        for (int i = 0; i < 5; i++)
        {
            DriverNetworkRequest request = Requests.Dual(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x")));
            await host.Driver.CreateNetworkAsync(request, Cancel);
            await host.Driver.CreateNetworkAsync(request, Cancel);
            await host.Driver.DeleteNetworkAsync(request.Id, Cancel);
            await host.Driver.DeleteNetworkAsync(request.Id, Cancel);
        }

        Assert.Equal(WithoutForwarding(before), WithoutForwarding(await host.SnapshotAsync()));
        Assert.Empty(host.Firewall.State);
    }

    [Fact]
    public async Task A_bridge_that_somebody_deleted_does_not_stop_its_network_from_being_deleted()
    {
        await using TestHost host = TestHost.Start();
        DriverNetworkRequest request = Requests.IPv4(labels: Requests.Labels((BridgeLabels.BridgeName, "br-x")));
        await host.Driver.CreateNetworkAsync(request, Cancel);
        await host.ChangeAsync(static batch => batch.DeleteLink("br-x"));

        await host.Driver.DeleteNetworkAsync(request.Id, Cancel);

        Assert.Empty(host.Firewall.State);
    }

    [Theory]
    [InlineData(LinuxErrno.EPERM, NetworkErrorKind.PermissionDenied, "CAP_NET_ADMIN")]
    [InlineData(LinuxErrno.EOPNOTSUPP, NetworkErrorKind.NotSupported, "bridge")]
    public async Task A_refusal_by_the_kernel_is_said_in_the_models_terms(int errno, NetworkErrorKind kind, string text)
    {
        await using TestHost host = TestHost.Start();
        host.Observer.Arm(failAt: 1, errno);

        NetworkException refused = await RefusedAsync(host, Requests.IPv4());

        Assert.Equal(kind, refused.Kind);
        Assert.Contains(text, refused.Message);
        Assert.IsType<KernelException>(refused.InnerException);
    }

    private static async Task<NetworkException> RefusedAsync(TestHost host, DriverNetworkRequest request)
        => await Assert.ThrowsAsync<NetworkException>(async () => await host.Driver.CreateNetworkAsync(request, Cancel));

    private static string WithoutForwarding(string snapshot)
        => string.Join('\n', snapshot.Split('\n').Where(static line => !line.Contains("forward", StringComparison.Ordinal)));
}

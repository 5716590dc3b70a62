using LibNetwork.Drivers.Cables;

namespace LibNetwork.Drivers.Bridge.Tests;

public sealed class BridgeNetworkPlanTests
{
    [Fact]
    [Trait("Feature", "BR-01")]
    public void The_bridge_is_called_after_the_networks_id()
    {
        DriverNetworkRequest request = Requests.IPv4();

        Assert.Equal("br-" + request.Id.Value[..12], Plan(request).BridgeName.Value);
        Assert.Equal("br-short", Plan(request with { Id = new NetworkId("short") }).BridgeName.Value);
    }

    [Fact]
    [Trait("Feature", "BR-01")]
    public void The_default_bridge_is_docker0_unless_it_has_a_name()
    {
        Assert.Equal("docker0", Plan(Requests.IPv4(labels: Requests.Labels((BridgeLabels.DefaultBridge, "true")))).BridgeName.Value);
        Assert.Equal(
            "mine",
            Plan(Requests.IPv4(labels: Requests.Labels((BridgeLabels.DefaultBridge, "true"), (BridgeLabels.BridgeName, "mine")))).BridgeName.Value);
    }

    [Fact]
    [Trait("Feature", "BR-08")]
    public void A_network_without_any_family_is_refused() => Refused(Requests.IPv4() with { EnableIPv4 = false }, "EnableIPv4");

    [Fact]
    [Trait("Feature", "BR-08")]
    public void An_enabled_family_needs_a_pool() => Refused(Requests.IPv4() with { EnableIPv6 = true }, "Pools");

    [Fact]
    [Trait("Feature", "BR-09")]
    public void Two_subnets_of_a_family_are_refused()
        => Refused(Requests.IPv4() with { Pools = [Requests.Pool("10.1.0.0/24"), Requests.Pool("10.2.0.0/24")] }, "Pools");

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [Trait("Feature", "BR-09")]
    public void An_empty_pool_is_refused(string pool)
    {
        bool isIPv6 = pool.Contains(':');
        NetworkException refused = Refused(
            Requests.IPv4() with { EnableIPv4 = !isIPv6, EnableIPv6 = isIPv6, Pools = [Requests.Pool(pool)] }, "Pools");

        Assert.Contains("pool is empty", refused.Message);
    }

    [Theory]
    [InlineData("ff05::/64", "Subnet")]
    [InlineData("f000::/4", "Subnet")]
    [InlineData("fe80::/63", "Subnet")]
    [InlineData("fe80::/65", "Subnet")]
    [InlineData("::ffff:10.0.0.0/120", "Pools")]
    [Trait("Feature", "BR-20")]
    public void Subnets_that_are_no_unicast_IPv6_are_refused(string subnet, string field)
        => Refused(Requests.IPv4() with { EnableIPv4 = false, EnableIPv6 = true, Pools = [Requests.Pool(subnet)] }, field);

    [Theory]
    [InlineData("fe80::/64")]
    [InlineData("fe80:1234::/80")]
    [InlineData("fd00::/64")]
    [Trait("Feature", "BR-20")]
    public void Other_IPv6_subnets_are_taken(string subnet)
        => Assert.Equal(
            Subnet.Parse(subnet), Plan(Requests.IPv4() with { EnableIPv4 = false, EnableIPv6 = true, Pools = [Requests.Pool(subnet)] }).IPv6?.Subnet);

    [Fact]
    [Trait("Feature", "BR-19")]
    public void A_reserved_default_gateway_is_offered_instead_of_the_bridge()
    {
        BridgeNetwork network = Plan(Requests.Dual() with
        {
            Pools =
            [
                Requests.Pool("10.1.0.0/24", "10.1.0.1", (BridgeLabels.DefaultGatewayIPv4, "10.1.0.254")),
                Requests.Pool("fd01::/64", "fd01::1", (BridgeLabels.DefaultGatewayIPv6, "fd01::fe")),
            ],
        });

        Assert.Equal(("10.1.0.254", "fd01::fe"), (network.IPv4?.Gateway?.ToString(), network.IPv6?.Gateway?.ToString()));
        Assert.Equal("10.1.0.1/24", network.IPv4?.BridgeAddress?.ToString());
    }

    [Theory]
    [InlineData("10.2.0.254", false)]
    [InlineData("fd01::1", false)]
    [InlineData("10.1.0.254", true)]
    [Trait("Feature", "BR-19")]
    public void A_reserved_default_gateway_must_be_in_the_subnet_of_a_network_with_a_way_out(string gateway, bool isInternal)
        => Refused(
            Requests.IPv4(isInternal: isInternal) with
            {
                Pools = [Requests.Pool("10.1.0.0/24", "10.1.0.1", (BridgeLabels.DefaultGatewayIPv4, gateway))],
            },
            BridgeLabels.DefaultGatewayIPv4);

    [Fact]
    public void A_gateway_outside_its_subnet_is_refused()
        => Refused(Requests.IPv4() with { Pools = [Requests.Pool("10.1.0.0/24", "10.2.0.1")] }, "Gateway");

    [Fact]
    public void An_mtu_that_IPv6_cannot_use_is_refused() => Refused(Requests.Dual(labels: Requests.Labels((NetworkLabels.Mtu, "1279"))), NetworkLabels.Mtu);

    [Fact]
    [Trait("Feature", "BR-10")]
    public void The_networks_mtu_wins_over_the_drivers()
    {
        BridgeDriverOptions options = new() { Mtu = 1400 };

        Assert.Equal(1400u, BridgeNetworkPlan.Of(Requests.IPv4(), options).Mtu);
        Assert.Equal(9000u, BridgeNetworkPlan.Of(Requests.IPv4(labels: Requests.Labels((NetworkLabels.Mtu, "9000"))), options).Mtu);
        Assert.Null(Plan(Requests.IPv4()).Mtu);
    }

    [Fact]
    public void Host_addresses_masquerade_and_isolation_reach_the_firewall()
    {
        Firewall.FirewallNetwork firewall = Plan(Requests.Dual(labels: Requests.Labels(
            (BridgeLabels.HostIPv4, "192.0.2.1"),
            (BridgeLabels.HostIPv6, "2001:db8::1"),
            (BridgeLabels.EnableMasquerade, "false"),
            (BridgeLabels.EnableInterContainer, "false")))).ToFirewall();

        Assert.Equal("192.0.2.1", firewall.IPv4?.SourceAddress?.ToString());
        Assert.Equal("2001:db8::1", firewall.IPv6?.SourceAddress?.ToString());
        Assert.False(firewall.IPv4!.Masquerade || firewall.IPv6!.Masquerade || firewall.InterContainer);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789", 0, "veth0123456")]
    [InlineData("0123456789abcdef0123456789", 1, "veth789abcd")]
    [InlineData("0123456789abcdef0123456789", 2, "vethef01234")]
    [Trait("Feature", "BR-03")]
    public void Host_interfaces_are_called_after_the_endpoints_id(string id, int choice, string name)
        => Assert.Equal(name, HostInterfaceNames.Of("veth", new EndpointId(id), choice).Value);

    [Fact]
    [Trait("Feature", "BR-03")]
    public void Host_interfaces_of_endpoints_with_other_ids_have_names_too()
    {
        string name = HostInterfaceNames.Of("veth", new EndpointId("web"), 0).Value;

        Assert.Matches("^veth[0-9a-f]{7}$", name);
        Assert.Equal(name, HostInterfaceNames.Of("veth", new EndpointId("web"), 0).Value);
    }

    private static BridgeNetwork Plan(DriverNetworkRequest request) => BridgeNetworkPlan.Of(request, new BridgeDriverOptions());

    private static NetworkException Refused(DriverNetworkRequest request, string field)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => Plan(request));
        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
        Assert.Equal(field, refused.Field);
        return refused;
    }
}

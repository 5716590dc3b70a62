using LibNetwork.Firewall;

namespace LibNetwork.Drivers.Bridge.Tests;

public sealed class BridgeNetworkOptionsTests
{
    private const string Subject = "network \"web\"";

    public static TheoryData<string, string> BadValues
    {
        get
        {
            TheoryData<string, string> data = [];
            string[] booleans =
            [
                BridgeLabels.DefaultBridge, BridgeLabels.EnableMasquerade, BridgeLabels.EnableInterContainer, BridgeLabels.InhibitIPv4,
                NetworkLabels.EnableIPv4, NetworkLabels.EnableIPv6, NetworkLabels.Internal,
                BridgeLabels.SourceGuard, BridgeLabels.Hairpin, BridgeLabels.DefaultRouteIPv4, BridgeLabels.DefaultRouteIPv6,
            ];
            foreach (string label in booleans)
            {
                foreach (string value in new[] { string.Empty, "yes", "no", "on", "off", "2", "-1", "tRUE", "FaLSE", " true", "true ", "y" })
                {
                    data.Add(label, value);
                }
            }

            foreach (string value in new[] { string.Empty, "0", "67", "65536", "70000", "-1", "-1500", "+1500", " 1500", "1500 ", "15e2", "0x5dc", "99999999999" })
            {
                data.Add(NetworkLabels.Mtu, value);
            }

            foreach (string label in new[] { BridgeLabels.GatewayModeIPv4, BridgeLabels.GatewayModeIPv6 })
            {
                foreach (string value in new[] { "NAT", "bridge", "nat ", "none", "isolated" })   // isolated: the network is not internal
                {
                    data.Add(label, value);
                }
            }

            foreach (string value in new[] { string.Empty, "10", "256.1.1.1", "0x0a.1", "010.0.0.1", "example", "[::1]", "[::1]:80", "fe80::1%lo", "1.2.3.4/32" })
            {
                data.Add(BridgeLabels.HostBinding, value);
                data.Add(BridgeLabels.HostIPv4, value);
                data.Add(BridgeLabels.HostIPv6, value);
            }

            data.Add(BridgeLabels.HostIPv4, "fd00::1");
            data.Add(BridgeLabels.HostIPv6, "10.0.0.1");
            foreach (string value in new[] { string.Empty, ".", "..", "a/b", "a b", "sixteen-bytes-xx", "a..b", "br\n0" })
            {
                data.Add(BridgeLabels.BridgeName, value);
            }

            foreach (string value in new[] { "10.0.0.0", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.0/8 via fd00::1", "10.0.0.0/8 via", "10.0.0.0/8 by 10.1.0.5", "10.0.0.0/8,x" })
            {
                data.Add(BridgeLabels.Routes, value);
            }

            data.Add(BridgeLabels.TrustedHostInterfaces, "eth0:a/b");
            data.Add(BridgeLabels.TrustedHostInterfaces, "a-name-that-is-far-too-long");
            data.Add(NetworkLabels.InterfacePrefix, string.Empty);
            data.Add(NetworkLabels.InterfacePrefix, "a/b");
            data.Add(NetworkLabels.InterfacePrefix, "fifteen-bytes-x");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(BadValues))]
    [Trait("Feature", "BR-10")]
    [Trait("Feature", "BR-11")]
    public void A_bad_value_is_an_invalid_argument_that_names_its_label(string label, string value)
    {
        NetworkException refused = Assert.Throws<NetworkException>(
            () => BridgeNetworkOptions.Parse(Subject, isInternal: false, Requests.Labels((label, value))));

        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
        Assert.Equal(label, refused.Field);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("t", true)]
    [InlineData("T", true)]
    [InlineData("TRUE", true)]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("0", false)]
    [InlineData("f", false)]
    [InlineData("F", false)]
    [InlineData("FALSE", false)]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [Trait("Feature", "BR-10")]
    public void Each_spelling_of_a_boolean_is_understood(string text, bool value)
    {
        BridgeNetworkOptions options = Parse((BridgeLabels.EnableInterContainer, text), (BridgeLabels.InhibitIPv4, text));

        Assert.Equal((value, value), (options.InterContainer, options.InhibitIPv4));
    }

    [Fact]
    [Trait("Feature", "BR-10")]
    public void Without_labels_the_defaults_hold()
    {
        BridgeNetworkOptions options = Parse();

        Assert.Equal(new BridgeNetworkOptions { TrustedHostInterfaces = options.TrustedHostInterfaces, Routes = options.Routes }, options);
        Assert.Empty(options.TrustedHostInterfaces);
        Assert.Empty(options.Routes);
        Assert.True(options.Masquerade && options.InterContainer);
        Assert.Equal("eth", options.InterfacePrefix);
    }

    [Fact]
    [Trait("Feature", "BR-10")]
    public void Labels_of_others_are_ignored()
        => Assert.Null(Parse(("com.example.colour", "blue"), ("com.docker.network.bridge.unknown", "maybe")).BridgeName);

    [Fact]
    [Trait("Feature", "BR-10")]
    public void Good_values_are_read()
    {
        BridgeNetworkOptions options = Parse(
            (BridgeLabels.BridgeName, "br-test"),
            (NetworkLabels.Mtu, "9000"),
            (BridgeLabels.HostBinding, "::"),
            (BridgeLabels.TrustedHostInterfaces, ":eth0::eth1:"),
            (BridgeLabels.HostIPv4, "192.0.2.1"),
            (BridgeLabels.HostIPv6, "2001:db8::1"),
            (NetworkLabels.InterfacePrefix, "net"));

        Assert.Equal("br-test", options.BridgeName?.Value);
        Assert.Equal(9000, options.Mtu);
        Assert.Equal("::", options.HostBinding?.ToString());
        Assert.Equal(["eth0", "eth1"], options.TrustedHostInterfaces.Select(static name => name.Value));
        Assert.Equal(("192.0.2.1", "2001:db8::1"), (options.HostIPv4?.ToString(), options.HostIPv6?.ToString()));
        Assert.Equal("net", options.InterfacePrefix);
    }

    [Theory]
    [InlineData("68")]
    [InlineData("1500")]
    [InlineData("65535")]
    [Trait("Feature", "BR-10")]
    public void An_mtu_in_range_is_read(string text) => Assert.Equal(int.Parse(text), Parse((NetworkLabels.Mtu, text)).Mtu);

    [Theory]
    [InlineData("", true, true)]
    [InlineData("nat", true, true)]
    [InlineData("nat-unprotected", true, false)]
    [InlineData("routed", false, true)]
    [Trait("Feature", "BR-11")]
    public void A_gateway_mode_says_what_the_firewall_does(string mode, bool masquerade, bool isProtected)
    {
        DriverNetworkRequest request = Requests.Dual(labels: Requests.Labels((BridgeLabels.GatewayModeIPv4, mode), (BridgeLabels.GatewayModeIPv6, mode)));

        FirewallNetwork firewall = BridgeNetworkPlan.Of(request, new BridgeDriverOptions()).ToFirewall();

        Assert.Equal((masquerade, isProtected), (firewall.IPv4!.Masquerade, firewall.IPv4.Protected));
        Assert.Equal((masquerade, isProtected), (firewall.IPv6!.Masquerade, firewall.IPv6.Protected));
    }

    [Theory]
    [InlineData(true, "isolated", "isolated", "false", true, true)]
    [InlineData(true, "isolated", "nat", "false", true, false)]
    [InlineData(true, "nat", "isolated", "false", false, true)]
    [InlineData(true, "nat", "nat", "true", true, false)]
    [InlineData(false, "nat", "nat", "true", false, false)]
    [InlineData(false, "routed", "nat", "false", false, false)]
    [Trait("Feature", "BR-12")]
    [Trait("Feature", "BR-13")]
    [Trait("Category", "Kernel")]
    public async Task The_gateway_needs_follow_mode_and_inhibition(bool isInternal, string mode4, string mode6, string inhibit, bool skip4, bool skip6)
    {
        await using TestHost host = TestHost.Start();
        Dictionary<string, string> labels = Requests.Labels(
            (BridgeLabels.GatewayModeIPv4, mode4), (BridgeLabels.GatewayModeIPv6, mode6), (BridgeLabels.InhibitIPv4, inhibit));

        Assert.Equal((skip4, skip6), await host.Driver.GetGatewayNeedsAsync("web", isInternal, labels, TestContext.Current.CancellationToken));
    }

    private static BridgeNetworkOptions Parse(params (string Label, string Value)[] labels)
        => BridgeNetworkOptions.Parse(Subject, isInternal: false, Requests.Labels(labels));
}

using System.Net;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>What is written on interfaces, and what can be read from it.</summary>
public sealed class KernelMarkTests
{
    private const int MaxBytes = 255;

    private static readonly NetworkId Id = NetworkId.New();

    public static TheoryData<string, string> Traits => new()
    {
        { BridgeLabels.EnableInterContainer, "false" },
        { BridgeLabels.EnableMasquerade, "false" },
        { BridgeLabels.DefaultBridge, "true" },
        { BridgeLabels.InhibitIPv4, "true" },
        { BridgeLabels.SourceGuard, "false" },
        { BridgeLabels.GatewayModeIPv4, "routed" },
        { BridgeLabels.GatewayModeIPv6, "nat-unprotected" },
    };

    [Theory, MemberData(nameof(Traits))]
    public void A_networks_mark_says_what_it_is(string label, string value)
    {
        DriverNetworkRequest request = Request() with { Options = new Dictionary<string, string> { [label] = value } };

        DriverNetworkRequest? read = NetworkMark.Read(NetworkMark.Of(BridgeNetworkPlan.Of(request, new BridgeDriverOptions())), out bool hasMore);

        Assert.False(hasMore);
        Assert.Equal((request.Id, request.Name, true, true, request.Internal), (read!.Id, read.Name, read.EnableIPv4, read.EnableIPv6, read.Internal));   // it was just written
        Assert.Equal(request.Options, read.Options);
        Assert.Equal(request.Pools.Select(pool => (pool.Subnet, pool.Gateway)), read.Pools.Select(pool => (pool.Subnet, pool.Gateway)));
    }

    [Fact]
    public void An_isolated_network_without_addresses_on_its_bridge_is_known_by_its_mark()
    {
        DriverNetworkRequest request = Request() with
        {
            Internal = true,
            EnableIPv6 = false,
            Pools = [new NetworkPool { PoolId = "p", Subnet = Subnet.Parse("10.1.0.0/24") }],
            Options = new Dictionary<string, string> { [BridgeLabels.GatewayModeIPv4] = "isolated" },
        };

        DriverNetworkRequest read = NetworkMark.Read(NetworkMark.Of(BridgeNetworkPlan.Of(request, new BridgeDriverOptions())), out _)!;   // it was just written

        Assert.Equal((true, true, false), (read.Internal, read.EnableIPv4, read.EnableIPv6));
        Assert.Equal((Subnet.Parse("10.1.0.0/24"), (IPAddress?)null), (read.Pools[0].Subnet, read.Pools[0].Gateway));
        Assert.Equal("isolated", read.Options[BridgeLabels.GatewayModeIPv4]);
    }

    [Fact]
    public void Options_for_which_there_is_no_word_are_told_to_be_missing()
    {
        DriverNetworkRequest request = Request() with { Options = new Dictionary<string, string> { [BridgeLabels.HostIPv4] = "192.0.2.9" } };

        Assert.NotNull(NetworkMark.Read(NetworkMark.Of(BridgeNetworkPlan.Of(request, new BridgeDriverOptions())), out bool hasMore));

        Assert.True(hasMore);
    }

    [Fact]
    public void A_name_that_has_no_room_is_left_out_and_the_rest_stays()
    {
        string mark = NetworkMark.Of(BridgeNetworkPlan.Of(Request() with { Name = new string('n', 255) }, new BridgeDriverOptions()));

        Assert.InRange(mark.Length, 1, MaxBytes);
        Assert.Equal(Id.Value, NetworkMark.Read(mark, out _)?.Name);
    }

    [Theory]
    [InlineData("libnetwork:network:abc")]
    [InlineData("libnetwork:network:abc - -")]
    [InlineData("libnetwork:network:abc - 10.0.0.0/99 - web")]
    [InlineData("libnetwork:network:abc - 10.0.0.0/8@x - web")]
    public void A_mark_that_says_too_little_or_nonsense_is_no_network(string mark) => Assert.Null(NetworkMark.Read(mark, out _));

    [Theory]
    [InlineData("libnetwork:endpoint:abc")]
    [InlineData("libnetwork:endpoint:abc 02:00:00:00:00:01 10.0.0.2/8")]
    [InlineData("libnetwork:endpoint:abc x 10.0.0.2/8 - web")]
    [InlineData("libnetwork:endpoint:abc 02:00:00:00:00:01 10.0.0.2 - web")]
    public void A_mark_that_says_too_little_or_nonsense_is_no_endpoint(string mark) => Assert.Null(EndpointMark.Read(mark, Id));

    [Fact]
    public void An_endpoints_mark_says_what_it_has()
    {
        DriverEndpointRequest read = EndpointMark.Read("libnetwork:endpoint:abc 02:00:00:00:00:01 10.0.0.2/8 - a name", Id)!;   // it is whole

        Assert.Equal(("abc", "a name", Id), (read.Id.Value, read.Name, read.NetworkId));
        Assert.Equal((MacAddress.Parse("02:00:00:00:00:01"), InterfaceAddress.Parse("10.0.0.2/8"), null), (read.MacAddress!.Value, read.IPv4!.Value, read.IPv6));   // it says both
    }

    [Theory]
    [InlineData(true, "true", null)]
    [InlineData(true, "false", "false")]
    [InlineData(false, "true", "true")]
    [InlineData(true, null, null)]
    public void An_endpoints_mark_says_when_its_guard_is_not_its_networks(bool networks, string? own, string? expected)
    {
        DriverNetworkRequest network = Request() with { Options = new Dictionary<string, string> { [BridgeLabels.SourceGuard] = networks ? "true" : "false" } };
        DriverEndpointRequest request = new()
        {
            NetworkId = Id, Id = new EndpointId("abc"), Name = "a", Options = own is null ? [] : new Dictionary<string, string> { [BridgeLabels.SourceGuard] = own },
        };
        BridgeEndpoint endpoint = new(BridgeNetworkPlan.Of(network, new BridgeDriverOptions()), request, MacAddress.Parse("02:00:00:00:00:01"));

        DriverEndpointRequest read = EndpointMark.Read(EndpointMark.Of(endpoint), Id)!;   // it was just written

        Assert.Equal(MacAddress.Parse("02:00:00:00:00:01"), read.MacAddress);
        Assert.Equal(expected, read.Options.GetValueOrDefault(BridgeLabels.SourceGuard));
    }

    [Fact]
    public void A_mark_is_a_networks_in_the_form_of_every_version_and_no_other_networks()
    {
        Assert.True(KernelMarks.IsOf(Id, $"libnetwork:network:{Id}"));
        Assert.True(KernelMarks.IsOf(Id, $"libnetwork:network:{Id} - - - web"));
        Assert.False(KernelMarks.IsOf(Id, $"libnetwork:network:{Id}0 - - - web"));
        Assert.False(KernelMarks.IsOf(Id, "something else"));
        Assert.False(KernelMarks.IsOf(Id, alias: null));
    }

    private static DriverNetworkRequest Request() => new()
    {
        Id = Id,
        Name = "web",
        EnableIPv6 = true,
        Pools =
        [
            new NetworkPool { PoolId = "p4", Subnet = Subnet.Parse("10.1.0.0/24"), Gateway = IPAddress.Parse("10.1.0.1") },
            new NetworkPool { PoolId = "p6", Subnet = Subnet.Parse("fd00:1::/64"), Gateway = IPAddress.Parse("fd00:1::1") },
        ],
    };
}

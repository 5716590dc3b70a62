namespace LibNetwork.Drivers.Overlay.Tests;

public sealed class OverlayNetworkPlanTests
{
    [Fact, Trait("Feature", "OV-07")]
    public void Identifiers_that_the_user_chose_go_to_the_subnets_in_order()
    {
        OverlayNetwork network = Requests.Plan(["10.1.0.0/24", "fd00::/64", "10.2.0.0/24"], (OverlayLabels.VniList, "7,9"));

        Assert.Equal([("10.1.0.0/24", 7u), ("10.2.0.0/24", 9u)], network.Segments.Select(static segment => (segment.Subnet.ToString(), segment.Vni)));
        Assert.Equal(["vx-000007-01234", "vx-000009-01234"], network.Segments.Select(static segment => segment.Tunnel.Value));
        Assert.Equal("ov-0123456789ab", network.BridgeName.Value);
    }

    [Fact, Trait("Feature", "OV-07")]
    public void Identifiers_that_nobody_chose_follow_from_the_networks_id_alone()
    {
        OverlayNetwork first = Requests.Plan(["10.1.0.0/24", "10.2.0.0/24"]), again = Requests.Plan(["10.1.0.0/24", "10.2.0.0/24"]);
        IReadOnlyList<uint> chosen = OverlayNetworkPlan.ChooseVnis(Requests.Network(["10.1.0.0/24", "10.2.0.0/24"]), []);

        Assert.Equal(first.Segments, again.Segments);
        Assert.Equal(chosen, first.Segments.Select(static segment => segment.Vni));
        Assert.NotEqual(first.Segments[0].Vni, first.Segments[1].Vni);
        Assert.All(first.Segments, static segment => Assert.InRange(segment.Vni, VniChoice.First, OverlayNetworkOptions.MaxVni));
    }

    [Fact, Trait("Feature", "OV-07")]
    public void A_choice_avoids_what_is_taken_and_a_plan_that_was_not_chosen_for_never_does()
    {
        DriverNetworkRequest request = Requests.Network(["10.1.0.0/24", "10.2.0.0/24"]);
        OverlayNetwork holder = OverlayNetworkPlan.Of(request, new Dictionary<uint, OverlayNetwork>());
        uint[] taken = [.. holder.Segments.Select(static segment => segment.Vni)];

        IReadOnlyList<uint> chosen = OverlayNetworkPlan.ChooseVnis(request, taken);
        NetworkException refused = Assert.Throws<NetworkException>(() => OverlayNetworkPlan.Of(request, taken.ToDictionary(static vni => vni, _ => holder)));

        Assert.Equal(2, chosen.Distinct().Count());
        Assert.Empty(chosen.Intersect(taken));
        Assert.Equal((NetworkErrorKind.Conflict, "network \"net\""), (refused.Kind, refused.Holder));   // another number here than on other nodes would join two networks
        Assert.NotNull(refused.Remedy);
    }

    [Fact, Trait("Feature", "OV-07")]
    public void Nothing_is_chosen_for_who_chose_himself()
        => Assert.Empty(OverlayNetworkPlan.ChooseVnis(Requests.Network(["10.1.0.0/24"], (OverlayLabels.VniList, "7")), [7]));

    [Theory, Trait("Feature", "OV-07")]
    [InlineData("0")]
    [InlineData("16777216")]
    [InlineData("1,x")]
    [InlineData("-1")]
    [InlineData("7")]   // too few
    public void Identifiers_that_cannot_be_are_refused(string list)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => Requests.Plan(["10.1.0.0/24", "10.2.0.0/24"], (OverlayLabels.VniList, list)));

        Assert.Equal((NetworkErrorKind.InvalidArgument, OverlayLabels.VniList), (refused.Kind, refused.Field));
    }

    [Fact, Trait("Feature", "OV-07")]
    public void An_identifier_that_is_taken_is_a_conflict()
    {
        OverlayNetwork holder = Requests.Plan(["10.1.0.0/24"], (OverlayLabels.VniList, "7"));

        NetworkException twice = Assert.Throws<NetworkException>(() => Requests.Plan(["10.1.0.0/24", "10.2.0.0/24"], (OverlayLabels.VniList, "7,7")));
        NetworkException taken = Assert.Throws<NetworkException>(() => OverlayNetworkPlan.Of(
            Requests.Network(["10.1.0.0/24"], (OverlayLabels.VniList, "7")), new Dictionary<uint, OverlayNetwork> { [7] = holder }));

        Assert.Equal((NetworkErrorKind.Conflict, NetworkErrorKind.Conflict), (twice.Kind, taken.Kind));
    }

    [Fact]
    public void A_network_without_IPv4_has_a_tunnel_for_each_IPv6_subnet()
        => Assert.Equal(["fd00::/64", "fd01::/64"], Requests.Plan(["fd00::/64", "fd01::/64"]).Segments.Select(static segment => segment.Subnet.ToString()));

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData(null)]
    public void A_network_needs_subnets(string? subnet)
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => Requests.Plan(subnet is null ? [] : [subnet]));

        Assert.Equal((NetworkErrorKind.InvalidArgument, "Pools"), (refused.Kind, refused.Field));
    }

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("false")]
    public void A_network_is_encrypted_whatever_the_label_says(string value)
    {
        Assert.True(Requests.Plan(["10.1.0.0/24"], (OverlayLabels.Encrypted, value)).Options.IsEncrypted);
        Assert.False(Requests.Plan(["10.1.0.0/24"]).Options.IsEncrypted);
    }
}

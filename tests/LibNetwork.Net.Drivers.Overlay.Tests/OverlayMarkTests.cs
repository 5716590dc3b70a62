using LibNetwork.Drivers.Cables;

namespace LibNetwork.Drivers.Overlay.Tests;

/// <summary>What is written on interfaces, and what can be read from it.</summary>
public sealed class OverlayMarkTests
{
    private const int MaxBytes = 255;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_networks_mark_says_what_it_is(bool isPlain)
    {
        DriverNetworkRequest request = isPlain
            ? Requests.Network(["10.1.0.0/24", "fd00::/64", "10.2.0.0/24"], (OverlayLabels.VniList, "7,9"))
            : Requests.Network(
                ["fd00::/64"], (OverlayLabels.VniList, "16777215"), (OverlayLabels.SourceGuard, "false"), (NetworkLabels.Mtu, "1400")) with { Internal = true, Name = "a name" };

        DriverNetworkRequest? read = OverlayMarks.ReadNetwork(OverlayMarks.Of(Plan(request)), out bool hasMore);

        Assert.False(hasMore);
        Assert.Equal((request.Id, request.Name, isPlain, true, !isPlain), (read!.Id, read.Name, read.EnableIPv4, read.EnableIPv6, read.Internal));   // it was just written
        Assert.Equal(request.Pools.Select(static pool => pool.Subnet), read.Pools.Select(static pool => pool.Subnet));
        Assert.Equal(request.Options.OrderBy(static option => option.Key, StringComparer.Ordinal), read.Options.OrderBy(static option => option.Key, StringComparer.Ordinal));
        Assert.Equal(Plan(request).Segments, Plan(read).Segments);
    }

    [Fact]
    public void Options_for_which_there_is_no_word_are_told_to_be_missing()
    {
        DriverNetworkRequest request = Requests.Network(["10.1.0.0/24"], (NetworkLabels.InterfacePrefix, "net"));

        Assert.NotNull(OverlayMarks.ReadNetwork(OverlayMarks.Of(Plan(request)), out bool hasMore));
        Assert.True(hasMore);
    }

    [Fact]
    public void More_subnets_than_there_is_room_for_leave_a_mark_that_is_still_the_networks()
    {
        DriverNetworkRequest request = Requests.Network([.. Enumerable.Range(0, 30).Select(static number => $"10.1.{number}.0/24")]);
        OverlayNetwork network = Plan(request);
        string mark = OverlayMarks.Of(network);

        Assert.InRange(mark.Length, 1, MaxBytes);
        Assert.Null(OverlayMarks.ReadNetwork(mark, out _));
        Assert.True(InterfaceMark.IsOfSame(mark, OverlayMarks.Of(Plan(Requests.Network(["10.1.0.0/24"])))));
        Assert.False(InterfaceMark.IsOfSame(mark, OverlayMarks.Of(Plan(request with { Id = new NetworkId("0123456789abcdef0123456789abcde") }))));
        Assert.True(OverlayMarks.IsOne(mark));
    }

    [Theory]
    [InlineData("libnetwork:overlay:0123")]
    [InlineData("libnetwork:overlay:0123 - 7")]
    [InlineData("libnetwork:overlay:0123 - 7 10.1.0.0")]
    [InlineData("libnetwork:overlay:0123 - 7 10.1.0.0/24,x name")]
    public void Marks_that_say_too_little_are_not_guessed_at(string mark) => Assert.Null(OverlayMarks.ReadNetwork(mark, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("true")]
    [InlineData("false")]
    public void An_endpoints_mark_says_what_it_has(string? guard)
    {
        OverlayNetwork network = Requests.Plan(["10.1.0.0/24", "fd00::/64"], (OverlayLabels.SourceGuard, guard == "true" ? "false" : "true"));
        DriverEndpointRequest request = new()
        {
            NetworkId = network.Id,
            Id = EndpointId.New(),
            Name = "a",
            MacAddress = MacAddress.Parse("02:42:0a:01:00:02"),
            IPv4 = InterfaceAddress.Parse("10.1.0.2/24"),
            IPv6 = guard is null ? null : InterfaceAddress.Parse("fd00::2/64"),
            Options = guard is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [OverlayLabels.SourceGuard] = guard },
        };
        OverlayEndpoint endpoint = new(network, request, request.MacAddress!.Value);   // it was given above

        DriverEndpointRequest? read = OverlayMarks.ReadEndpoint(OverlayMarks.Of(endpoint), network.Id);

        Assert.Equal((request.Id, request.Name, request.MacAddress, request.IPv4, request.IPv6), (read!.Id, read.Name, read.MacAddress, read.IPv4, read.IPv6));   // it was just written
        Assert.Equal(request.Options, read.Options);
    }

    private static OverlayNetwork Plan(DriverNetworkRequest request) => OverlayNetworkPlan.Of(request, new Dictionary<uint, OverlayNetwork>());
}

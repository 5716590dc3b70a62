using System.Net;
using LibNetwork.Ipam;
using LibNetwork.Ipam.Host;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Core.Tests.Ipam;

[Trait("Feature", "IP-04")]
public sealed class HostRangesTests
{
    private const int Bridge = 7;
    private const int Vpn = 9;

    private readonly HostRanges _host = new();
    private readonly HeldPool _pool = new("web", "LocalDefault/10.5.0.0/16", Subnet.Parse("10.5.0.0/16"), IPAddress.Parse("10.5.0.1"), new NullIpamDriver(), "null");

    [Fact]
    public void Routes_and_addresses_of_others_are_foreign_until_they_go()
    {
        _host.Replace([Route("10.1.0.0/16", Vpn)], [Address("10.2.0.1", 24, Vpn)]);
        _host.Apply([Added("10.3.0.0/16", Vpn), new RouteEvent(RouteEventKind.AddressAdded) { Address = Address("fd00::1", 64, Vpn) }]);
        Assert.Equal("10.1.0.0/16 10.2.0.0/24 10.3.0.0/16 fd00::/64", Foreign());

        _host.Apply([Removed("10.1.0.0/16", Vpn), new RouteEvent(RouteEventKind.AddressRemoved) { Address = Address("fd00::1", 64, Vpn) }]);
        Assert.Equal("10.2.0.0/24 10.3.0.0/16", Foreign());
    }

    [Fact]
    public void Two_routes_to_one_range_go_one_by_one()
    {
        _host.Apply([Added("10.1.0.0/16", Vpn), Added("10.1.0.0/16", 11)]);

        _host.Apply([Removed("10.1.0.0/16", Vpn)]);
        Assert.Equal("10.1.0.0/16", Foreign());
        _host.Apply([Removed("10.1.0.0/16", 11)]);
        Assert.Empty(Foreign());
    }

    [Fact]
    public void Default_routes_also_in_halves_say_nothing()
    {
        _host.Apply([Added("0.0.0.0/0", Vpn), Added("0.0.0.0/1", Vpn), Added("128.0.0.0/1", Vpn), Added("::/0", Vpn), Added("2000::/3", Vpn)]);

        Assert.Empty(Foreign());
    }

    [Fact]
    public void A_replaced_route_counts_once()
    {
        _host.Apply([Added("10.1.0.0/16", Vpn), new RouteEvent(RouteEventKind.RouteReplaced) { Route = Route("10.1.0.0/16", 11) }]);
        _host.Apply([Removed("10.1.0.0/16", 11)]);

        Assert.Empty(Foreign());
    }

    [Fact]
    public void The_last_IPv4_address_of_a_link_takes_its_routes_with_it()
    {
        _host.Apply([new RouteEvent(RouteEventKind.AddressAdded) { Address = Address("10.2.0.1", 24, Vpn) }, Added("10.9.0.0/16", Vpn), Added("fd09::/64", Vpn)]);

        _host.Apply([new RouteEvent(RouteEventKind.AddressRemoved) { Address = Address("10.2.0.1", 24, Vpn) }]);

        Assert.Equal("fd09::/64", Foreign());
    }

    [Fact]
    public void Our_own_networks_are_neither_foreign_nor_a_collision()
    {
        _host.Replace([], []);
        _host.Hold(_pool);
        _host.Apply([Added("10.5.0.0/16", Bridge), Added("10.5.0.1/32", Bridge), new RouteEvent(RouteEventKind.AddressAdded) { Address = Address("10.5.0.1", 16, Bridge) }]);

        Assert.True(_host.HasSuspects);
        Assert.Empty(_host.TakeCollisions());
        Assert.Empty(Foreign());
        _host.LetGo(_pool);
        Assert.Empty(Foreign());
    }

    [Fact]
    public void A_network_whose_address_is_told_later_than_its_route_is_known_by_reading_all()
    {
        _host.Hold(_pool);
        _host.Apply([Added("10.5.0.0/16", Bridge)]);
        Assert.True(_host.HasCollisions);

        _host.Replace([Route("10.5.0.0/16", Bridge)], [Address("10.5.0.1", 16, Bridge)]);

        Assert.False(_host.HasCollisions);
        Assert.Empty(_host.TakeCollisions());
    }

    [Theory]
    [InlineData("10.5.0.0/16", true)]
    [InlineData("10.5.7.0/24", true)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.6.0.0/16", false)]
    [InlineData("0.0.0.0/1", false)]
    public void A_route_of_others_that_appears_and_overlaps_is_a_collision_once(string route, bool collides)
    {
        _host.Replace([], []);
        _host.Hold(_pool);
        _host.Apply([new RouteEvent(RouteEventKind.AddressAdded) { Address = Address("10.5.0.1", 16, Bridge) }, Added(route, Vpn)]);

        IReadOnlyList<RouteCollision> found = _host.TakeCollisions();
        _host.Apply([Added(route, Vpn)]);
        IReadOnlyList<RouteCollision> again = _host.TakeCollisions();

        Assert.Equal(collides ? [(route, (int?)Vpn, "web")] : [], found.Select(collision => (collision.Range.ToString(), collision.Link, collision.Pool.NetworkName)));
        Assert.Empty(again);
    }

    [Fact]
    public void A_collision_that_went_and_came_back_is_news()
    {
        _host.Hold(_pool);
        _host.Apply([Added("10.5.7.0/24", Vpn)]);
        Assert.Single(_host.TakeCollisions());

        _host.Apply([Removed("10.5.7.0/24", Vpn), Added("10.5.7.0/24", Vpn)]);
        Assert.Single(_host.TakeCollisions());
        _host.Apply([Removed("10.5.7.0/24", Vpn)]);
        _host.LetGo(_pool);
        Assert.Empty(Foreign());
    }

    [Fact]
    public void A_route_that_only_flickered_is_no_collision()
    {
        _host.Hold(_pool);
        _host.Apply([Added("10.5.7.0/24", Vpn), Removed("10.5.7.0/24", Vpn)]);

        Assert.Empty(_host.TakeCollisions());
    }

    [Fact]
    public void What_was_there_when_the_network_was_made_is_no_news_and_foreign_again_behind_it()
    {
        _host.Replace([Route("10.5.0.0/16", Vpn)], []);
        _host.Hold(_pool);
        _host.Apply([Added("10.5.0.0/16", 11)]);

        Assert.Empty(_host.TakeCollisions());
        Assert.Empty(Foreign());
        _host.LetGo(_pool);
        Assert.Equal("10.5.0.0/16", Foreign());
    }

    [Fact]
    public void Reading_anew_finds_what_was_missed()
    {
        _host.Replace([Route("10.1.0.0/16", Vpn)], []);
        _host.Hold(_pool);
        Assert.False(_host.Apply([new RouteEvent(RouteEventKind.Overrun)]));

        _host.Replace([Route("10.5.1.0/24", Vpn)], [Address("10.2.0.1", 24, Vpn)]);

        Assert.Equal("10.2.0.0/24", Foreign());
        Assert.Equal("10.5.1.0/24", Assert.Single(_host.TakeCollisions()).Range.ToString());
    }

    private static RouteEvent Added(string destination, int link) => new(RouteEventKind.RouteAdded) { Route = Route(destination, link) };

    private static RouteEvent Removed(string destination, int link) => new(RouteEventKind.RouteRemoved) { Route = Route(destination, link) };

    private static RouteInfo Route(string destination, int link) => new()
    {
        Destination = IPNetwork.Parse(destination), OutputInterface = link, Type = RouteType.Unicast, Table = 254,
    };

    private static AddressInfo Address(string address, int prefixLength, int link) => new() { Address = IPAddress.Parse(address), PrefixLength = prefixLength, Index = link };

    private string Foreign() => string.Join(' ', _host.Foreign.OrderBy(range => range.Family).ThenBy(range => Prefix.Of(range).Bits));
}

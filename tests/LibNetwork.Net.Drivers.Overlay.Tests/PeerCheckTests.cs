using System.Net;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay.Tests;

public sealed class PeerCheckTests
{
    private static readonly IPAddress Own = IPAddress.Parse("198.51.100.1");

    [Theory]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "198.51.100.2", null, null)]
    [InlineData("02:42:0a:01:00:05", null, "198.51.100.2", "fd00::5", null)]
    [InlineData("03:42:0a:01:00:05", "10.1.0.5", "198.51.100.2", null, nameof(OverlayPeer.MacAddress))]
    [InlineData("ff:ff:ff:ff:ff:ff", "10.1.0.5", "198.51.100.2", null, nameof(OverlayPeer.MacAddress))]
    [InlineData("00:00:00:00:00:00", "10.1.0.5", "198.51.100.2", null, nameof(OverlayPeer.MacAddress))]
    [InlineData("02:42:0a:01:00:05", "10.2.0.5", "198.51.100.2", null, nameof(OverlayPeer.IPv4))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.0", "198.51.100.2", null, nameof(OverlayPeer.IPv4))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.255", "198.51.100.2", null, nameof(OverlayPeer.IPv4))]
    [InlineData("02:42:0a:01:00:05", "fd00::5", "198.51.100.2", null, nameof(OverlayPeer.IPv4))]
    [InlineData("02:42:0a:01:00:05", null, "198.51.100.2", null, nameof(OverlayPeer.IPv4))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "198.51.100.2", "fd01::5", nameof(OverlayPeer.IPv6))]
    [InlineData("02:42:0a:01:00:05", null, "198.51.100.2", "fd00::5%3", nameof(OverlayPeer.IPv6))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "198.51.100.1", null, nameof(OverlayPeer.NodeAddress))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "2001:db8::2", null, nameof(OverlayPeer.NodeAddress))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "0.0.0.0", null, nameof(OverlayPeer.NodeAddress))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "127.0.0.1", null, nameof(OverlayPeer.NodeAddress))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "224.0.0.1", null, nameof(OverlayPeer.NodeAddress))]
    [InlineData("02:42:0a:01:00:05", "10.1.0.5", "255.255.255.255", null, nameof(OverlayPeer.NodeAddress))]
    public void A_peer_that_cannot_be_is_refused_by_the_field_at_fault(string mac, string? ipv4, string node, string? ipv6, string? field)
    {
        OverlayNetwork network = Requests.Plan(["10.1.0.0/24", "fd00::/64"]);

        NetworkException? refused = (NetworkException?)Record.Exception(() => PeerCheck.ThrowUnlessValid(network, [Requests.Peer(mac, ipv4, node, ipv6)], Own, []));

        Assert.Equal(field, refused?.Field);
        Assert.True(refused is null or { Kind: NetworkErrorKind.InvalidArgument });
    }

    [Theory]
    [InlineData("02:42:0a:01:00:05", "10.1.0.6", true)]
    [InlineData("02:42:0a:01:00:06", "10.1.0.5", true)]
    [InlineData("02:42:0a:01:00:06", "10.1.0.6", false)]
    public void A_peer_cannot_have_what_an_endpoint_here_has(string mac, string ipv4, bool isTaken)
    {
        OverlayNetwork network = Requests.Plan(["10.1.0.0/24"]);
        OverlayEndpoint here = new(
            network,
            new DriverEndpointRequest { NetworkId = network.Id, Id = new EndpointId("e"), Name = "web", IPv4 = InterfaceAddress.Parse("10.1.0.5/24") },
            MacAddress.Parse("02:42:0a:01:00:05"));

        NetworkException? refused = (NetworkException?)Record.Exception(() => PeerCheck.ThrowUnlessValid(network, [Requests.Peer(mac, ipv4)], Own, [here]));

        Assert.Equal(isTaken ? NetworkErrorKind.Conflict : (NetworkErrorKind?)null, refused?.Kind);
        Assert.Equal(isTaken ? here.Subject : null, refused?.Holder);
    }
}

using System.Net;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay.Tests;

internal static class Requests
{
    public static DriverNetworkRequest Network(string[] subnets, params (string Label, string Value)[] labels) => new()
    {
        Id = new NetworkId("0123456789abcdef0123456789abcdef"),
        Name = "net",
        Pools = [.. subnets.Select(static subnet => new NetworkPool { PoolId = subnet, Subnet = Subnet.Parse(subnet) })],
        Options = labels.ToDictionary(static label => label.Label, static label => label.Value),
    };

    public static OverlayNetwork Plan(string[] subnets, params (string Label, string Value)[] labels)
        => OverlayNetworkPlan.Of(Network(subnets, labels), new Dictionary<uint, OverlayNetwork>());

    public static OverlayPeer Peer(string mac, string? ipv4, string node = "198.51.100.2", string? ipv6 = null) => new()
    {
        MacAddress = MacAddress.Parse(mac),
        IPv4 = ipv4 is null ? null : IPAddress.Parse(ipv4),
        IPv6 = ipv6 is null ? null : IPAddress.Parse(ipv6),
        NodeAddress = IPAddress.Parse(node),
    };
}

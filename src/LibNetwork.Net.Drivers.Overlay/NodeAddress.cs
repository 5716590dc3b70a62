using System.Net;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Addresses at which a tunnel can end.</summary>
internal static class NodeAddress
{
    private static readonly Subnet Multicast = Subnet.Parse("224.0.0.0/4");
    private static readonly Subnet ThisNetwork = Subnet.Parse("0.0.0.0/8");

    /// <summary>Whether an address is that of one machine and reaches further than its own link.</summary>
    public static bool IsOne(IPAddress address)
        => !IPAddress.IsLoopback(address)
            && !address.Equals(IPAddress.Broadcast)
            && !address.Equals(IPAddress.IPv6Any)
            && !address.IsIPv6Multicast
            && !address.IsIPv6LinkLocal
            && !address.IsIPv4MappedToIPv6
            && !Multicast.Contains(address)
            && !ThisNetwork.Contains(address);
}

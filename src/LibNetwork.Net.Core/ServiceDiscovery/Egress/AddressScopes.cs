using System.Net;
using System.Net.Sockets;

namespace LibNetwork.ServiceDiscovery.Egress;

/// <summary>Tells public addresses from others (RFC 6890 and the IANA registries of special-purpose addresses).</summary>
internal static class AddressScopes
{
    private static readonly Subnet[] Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3",
            "::/96", "fe80::/10", "fec0::/10", "ff00::/8",
            "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128",   // what providers tell a machine about itself, its credentials too
        }.Select(Subnet.Parse),
    ];

    private static readonly Subnet[] Private =
    [
        .. new[] { "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "fc00::/7" }.Select(Subnet.Parse),
    ];

    private static readonly Subnet[] HoldsIPv4 = [Subnet.Parse("64:ff9b::/96")];   // NAT64
    private static readonly Subnet SixToFour = Subnet.Parse("2002::/16");

    public static AddressScope Of(IPAddress address)
    {
        IPAddress meant = Meant(address);
        return Closed.Any(range => range.Contains(meant)) ? AddressScope.Closed
            : Private.Any(range => range.Contains(meant)) ? AddressScope.Private
            : AddressScope.Public;
    }

    /// <summary>The IPv4 address that an IPv6 address stands for.</summary>
    private static IPAddress Meant(IPAddress address)
    {
        const int SixToFourOffset = 2, Length = 4;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        byte[] bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 || HoldsIPv4.Any(range => range.Contains(address)) ? new IPAddress(bytes.AsSpan()[^Length..])
            : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(SixToFourOffset, Length))
            : address;
    }
}

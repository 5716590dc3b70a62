using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Overlay;

/// <summary>What the way between nodes leaves of a packet's length.</summary>
internal static class UnderlayMtu
{
    /// <summary>The least that an underlay can have, in bytes: what every IPv4 host takes (RFC 791).</summary>
    public const int Least = 576;

    private const uint LeastForIPv6 = 1280;   // RFC 8200; the kernel turns IPv6 off on a link with less
    private const uint Usual = 1500;
    private const uint Most = 65535;
    private const uint HeadersOverIPv4 = 20 + 8 + 8 + 14;   // IPv4, UDP, VXLAN, Ethernet
    private const uint HeadersOverIPv6 = 40 + 8 + 8 + 14;

    private const uint CipherOverIPv4 = 20 + 8 + 32;   // IPv4, UDP, WireGuard with its tag
    private const uint CipherOverIPv6 = 40 + 8 + 32;
    private const uint CipherBlock = 16;   // it fills packets up to that

    /// <summary>The MTU that endpoints have where the underlay's was given.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: IPv6 cannot live with what is left.</exception>
    public static uint Within(OverlayNetwork network, int given, IPAddress advertised)
    {
        uint left = Left(network, (uint)given, advertised);
        return network.HasIPv6 && left < LeastForIPv6
            ? throw NetworkException.InvalidArgument(
                network.Subject, NetworkLabels.Mtu, $"is {given}, which leaves {left} bytes, but IPv6 needs at least {LeastForIPv6}")
            : left;
    }

    /// <summary>The MTU that the routes to nodes leave: the least of them; without nodes, that of the interface which has the advertised address.</summary>
    /// <remarks>Not what routers said about single packets: anybody can say that, and the kernel heeds it by itself.</remarks>
    public static uint Derive(KernelSession session, OverlayNetwork network, IEnumerable<IPAddress> nodes, IPAddress advertised)
    {
        Dictionary<int, uint?> links = [];
        uint? least = null;
        foreach (IPAddress node in nodes)
        {
            if (MtuTo(session, node, links) is { } mtu && (least is null || mtu < least))
            {
                least = mtu;
            }
        }

        uint underlay = Math.Min(least ?? OwnMtu(session, advertised) ?? Usual, Most);
        return Math.Max(Left(network, underlay, advertised), network.HasIPv6 ? LeastForIPv6 : 0);
    }

    /// <summary>What a network's headers leave of a packet of the underlay, in bytes.</summary>
    private static uint Left(OverlayNetwork network, uint underlay, IPAddress advertised)
    {
        bool isIPv4 = advertised.AddressFamily == AddressFamily.InterNetwork;
        return network.Options.IsEncrypted
            ? Less(Less(underlay, isIPv4 ? CipherOverIPv4 : CipherOverIPv6) & ~(CipherBlock - 1), HeadersOverIPv6)   // inside the encryption all is IPv6
            : Less(underlay, isIPv4 ? HeadersOverIPv4 : HeadersOverIPv6);
    }

    private static uint Less(uint length, uint headers) => Math.Max(length, headers) - headers;

    private static uint? MtuTo(KernelSession session, IPAddress node, Dictionary<int, uint?> links)
    {
        RouteInfo? route;
        try
        {
            route = session.Route.FindRoute(node);
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.EHOSTUNREACH or LinuxErrno.EACCES or LinuxErrno.EINVAL)
        {
            return null;   // a route that says "unreachable", "prohibited" or "blackhole"
        }

        if (route?.Mtu is { } own)
        {
            return own;
        }

        if (route?.OutputInterface is not { } index)
        {
            return null;
        }

        if (!links.TryGetValue(index, out uint? mtu))
        {
            links[index] = mtu = session.Route.FindLink(index)?.Mtu;
        }

        return mtu;
    }

    private static uint? OwnMtu(KernelSession session, IPAddress advertised)
        => session.Route.DumpAddresses().FirstOrDefault(address => address.Address.Equals(advertised)) is { } own ? session.Route.FindLink(own.Index)?.Mtu : null;
}

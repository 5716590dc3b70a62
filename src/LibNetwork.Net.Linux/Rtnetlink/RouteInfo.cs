using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A route as the kernel describes it.</summary>
public sealed record RouteInfo
{
    /// <summary>Where the route leads.</summary>
    public required IPNetwork Destination { get; init; }

    /// <summary>The next hop; <see langword="null"/> for none, and for a route with several.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The index of the interface that packets leave by; <see langword="null"/> for none, and for a route with several.</summary>
    public int? OutputInterface { get; init; }

    /// <summary>How far away the destination is.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>The metric.</summary>
    public uint Metric { get; init; }

    /// <summary>The routing table.</summary>
    public uint Table { get; init; }

    /// <summary>What the route does with its packets.</summary>
    public RouteType Type { get; init; }

    /// <summary>Who made it (<c>RTPROT_*</c> in <c>linux/rtnetlink.h</c>): 2 the kernel, 4 this library.</summary>
    public byte Protocol { get; init; }

    /// <summary>The source address of packets that this host sends by the route.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The largest packet that may take the route, in bytes; <see langword="null"/> when that is its interface's affair.</summary>
    public uint? Mtu { get; init; }
}

using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A route to be added or removed.</summary>
public sealed record RouteSpec
{
    /// <summary>Where it leads; <c>0.0.0.0/0</c> and <c>::/0</c> are the default routes.</summary>
    public required IPNetwork Destination { get; init; }

    /// <summary>The router.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The link that it leaves by, by index.</summary>
    public int? OutputInterface { get; init; }

    /// <summary>How far the destination is.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>What it does with packets.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>The preference: the lowest wins. By default the kernel's.</summary>
    public uint? Metric { get; init; }

    /// <summary>The routing table; by default the main one.</summary>
    public uint Table { get; init; } = RtNetlinkConstants.RT_TABLE_MAIN;

    /// <summary>Whether the gateway is taken to be on the link although no route says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>The source address that this host prefers for packets by this route.</summary>
    public IPAddress? Source { get; init; }
}

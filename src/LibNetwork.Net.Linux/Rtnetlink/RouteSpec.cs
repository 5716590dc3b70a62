using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A route to add, replace or remove. When removing, what is not given matches any route to the destination.</summary>
public sealed record RouteSpec
{
    /// <summary>The number of the main routing table.</summary>
    public const uint MainTable = 254;

    /// <summary>The metric that the kernel gives an IPv6 route without one.</summary>
    public const uint DefaultMetricIPv6 = 1024;

    /// <summary>Where the route leads; <c>0.0.0.0/0</c> and <c>::/0</c> are the default routes.</summary>
    public required IPNetwork Destination { get; init; }

    /// <summary>The next hop. An IPv6 gateway for an IPv4 destination is allowed.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The index of the interface that packets leave by.</summary>
    public int? OutputInterface { get; init; }

    /// <summary>How far away the destination is. IPv6 ignores it.</summary>
    /// <value>The default is <see cref="RouteScope.Universe"/>.</value>
    public RouteScope Scope { get; init; }

    /// <summary>The metric; of two routes to one destination the lower one counts.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: 0 for IPv4, 1024 for IPv6.</value>
    public uint? Metric { get; init; }

    /// <summary>The routing table.</summary>
    /// <value>The default is <see cref="MainTable"/>.</value>
    public uint Table { get; init; } = MainTable;

    /// <summary>What the route does with its packets.</summary>
    /// <value>The default is <see cref="RouteType.Unicast"/>.</value>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Whether the gateway counts as reachable on the interface although no subnet says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>The source address of packets that this host sends by the route.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The route in short, as error messages name it.</summary>
    public override string ToString() => Gateway is null ? Destination.ToString() : $"{Destination} via {Gateway}";
}

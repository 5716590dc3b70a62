namespace LibNetwork;

/// <summary>The host got a route or an address that overlaps a network's pool, for example by a VPN: one of the two is not reached any more.</summary>
public sealed record PoolCollisionEvent : ControllerEvent
{
    /// <summary>The network's name.</summary>
    public required string NetworkName { get; init; }

    /// <summary>The network's pool.</summary>
    public required Subnet Pool { get; init; }

    /// <summary>Where the route leads, or the subnet of the address.</summary>
    public required Subnet Route { get; init; }

    /// <summary>The index of the host's interface that it is on; <see langword="null"/> for a route without one, such as a blackhole.</summary>
    public int? LinkIndex { get; init; }

    /// <summary>A pool of the same size that was free at that moment; <see langword="null"/> when there is none.</summary>
    public Subnet? FreePool { get; init; }
}

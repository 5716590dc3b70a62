using LibNetwork.Overlay;
using LibNetwork.ServiceDiscovery.Names;

namespace LibNetwork.Cluster;

/// <summary>A network here, as far as the endpoints that it has on other nodes are concerned.</summary>
internal sealed record FollowedNetwork
{
    public required NetworkId Id { get; init; }

    /// <summary>What addresses on it are in.</summary>
    public required IReadOnlyList<Subnet> Subnets { get; init; }

    /// <summary>Its names, which those of others join.</summary>
    public required NetworkNames Names { get; init; }

    /// <summary>Its driver, if that must be told of each endpoint on another node.</summary>
    public IOverlayPeers? Peers { get; init; }

    /// <summary>Whether an endpoint is one of this host's.</summary>
    public required Predicate<EndpointId> IsHere { get; init; }
}

namespace LibNetwork.Firewall;

/// <summary>An endpoint as the firewall sees it.</summary>
/// <param name="NetworkId">The network.</param>
/// <param name="EndpointId">The endpoint.</param>
/// <param name="Port">The host's end of its cable.</param>
public sealed record FirewallEndpoint(NetworkId NetworkId, EndpointId EndpointId, InterfaceName Port)
{
    /// <summary>Whether nothing but the network's endpoints is on the segment, so that no router is there to be asked or announced.</summary>
    public bool OwnsSegment { get; init; }

    /// <summary>Who it is on its segment: what says that it comes from somebody else does not leave its port.</summary>
    /// <value>The default, <see langword="null"/>, lets it say what it likes.</value>
    public FirewallIdentity? Identity { get; init; }

    /// <summary>What it may reach beyond its segment. Needs an <see cref="Identity"/>, by whose addresses its packets are known.</summary>
    /// <value>The default, <see langword="null"/>, is everything.</value>
    public EgressPolicy? Egress { get; init; }
}

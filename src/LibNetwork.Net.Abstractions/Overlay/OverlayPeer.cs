using System.Net;

namespace LibNetwork.Overlay;

/// <summary>An endpoint of an overlay network on another node.</summary>
public sealed record OverlayPeer
{
    /// <summary>Its IPv4 address on the network; one of the two addresses must be there.</summary>
    public IPAddress? IPv4 { get; init; }

    /// <summary>Its IPv6 address on the network.</summary>
    public IPAddress? IPv6 { get; init; }

    /// <summary>Its hardware address, unique on the network.</summary>
    public required MacAddress MacAddress { get; init; }

    /// <summary>The address that its node advertises: where its tunnel ends, and what its packets come from.</summary>
    public required IPAddress NodeAddress { get; init; }
}

using System.Net;

namespace LibNetwork.Firewall;

/// <summary>How one address family of a network leaves and enters.</summary>
public sealed record FirewallFamily
{
    /// <summary>The network's addresses.</summary>
    public required Subnet Subnet { get; init; }

    /// <summary>Whether what leaves carries the host's address.</summary>
    public bool Masquerade { get; init; } = true;

    /// <summary>The host's address that what leaves carries, instead of the one of the interface that it leaves by.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>Whether what comes in unasked is dropped.</summary>
    public bool Protected { get; init; } = true;

    /// <summary>Whether endpoints are reached by their own addresses: open ports, and echo requests.</summary>
    public bool Routed { get; init; }
}

using System.Collections.ObjectModel;

namespace LibNetwork.Drivers;

/// <summary>A network to be built.</summary>
public sealed record DriverNetworkRequest
{
    /// <summary>The network's id.</summary>
    public required NetworkId Id { get; init; }

    /// <summary>The network's name, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Whether endpoints have IPv4.</summary>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Whether endpoints have IPv6.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Whether the network has no way out.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether an earlier process asked for the network, so that the driver, or what is behind it, may have it already.</summary>
    public bool IsRestored { get; init; }

    /// <summary>The pools that IPAM gave.</summary>
    public IReadOnlyList<NetworkPool> Pools { get; init; } = [];

    /// <summary>The driver's options, by label.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

namespace LibNetwork;

/// <summary>A network as it is, at one moment.</summary>
public sealed record NetworkState
{
    /// <summary>The id.</summary>
    public required NetworkId Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The driver's name.</summary>
    public required string Driver { get; init; }

    /// <summary>How far it reaches.</summary>
    public NetworkScope Scope { get; init; }

    /// <summary>Whether all hosts of a cluster have it. Otherwise it is this host's alone, however far its driver reaches.</summary>
    public bool IsShared { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether endpoints get IPv4 addresses.</summary>
    public required bool EnableIPv4 { get; init; }

    /// <summary>Whether endpoints get IPv6 addresses.</summary>
    public required bool EnableIPv6 { get; init; }

    /// <summary>Whether it has no way out.</summary>
    public required bool Internal { get; init; }

    /// <summary>Its address pools, IPv4 first; a template has none.</summary>
    public required IReadOnlyList<NetworkPool> Pools { get; init; }

    /// <summary>Whether it is only a template of settings for other networks.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>The name of the template that it was made from.</summary>
    public string? ConfigFrom { get; init; }

    /// <summary>The pools that networks made from it ask for; only a template has some.</summary>
    public IReadOnlyList<PoolSpec> ConfiguredPools { get; init; } = [];

    /// <summary>The IPAM driver's name.</summary>
    public required string IpamDriver { get; init; }

    /// <summary>Options for the IPAM driver.</summary>
    public required IReadOnlyDictionary<string, string> IpamOptions { get; init; }

    /// <summary>Options for the network driver.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The caller's own labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

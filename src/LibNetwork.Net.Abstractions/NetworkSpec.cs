using System.Collections.ObjectModel;

namespace LibNetwork;

/// <summary>What is asked of <see cref="INetworkController.CreateNetworkAsync"/>.</summary>
public sealed record NetworkSpec
{
    /// <summary>The network's name, unique per controller.</summary>
    public required string Name { get; init; }

    /// <summary>The id; by default a random one.</summary>
    public NetworkId? Id { get; init; }

    /// <summary>The driver's name.</summary>
    /// <value>The default is <c>bridge</c>.</value>
    public string Driver { get; init; } = "bridge";

    /// <summary>Whether it is only a template of settings for other networks (Docker's configuration network): it takes no pool, builds nothing and carries no endpoint.</summary>
    /// <remarks>The driver, and whether it is internal, is not part of it. It cannot be deleted while a network is made from it.</remarks>
    public bool ConfigOnly { get; init; }

    /// <summary>
    /// The template, by its name or whole id, whose settings the network takes: the address families, pools, IPAM driver and its options, options and labels.
    /// </summary>
    /// <value>The default is <see langword="null"/>. With one, none of these may be given here.</value>
    public string? ConfigFrom { get; init; }

    /// <summary>Whether endpoints get IPv4 addresses.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Whether endpoints get IPv6 addresses.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Whether the network has no way out: no gateway, no masquerade, no forwarding.</summary>
    public bool Internal { get; init; }

    /// <summary>Address pools; a family that is enabled and has none here gets one from the IPAM driver's defaults.</summary>
    public IReadOnlyList<PoolSpec> Pools { get; init; } = [];

    /// <summary>The IPAM driver's name.</summary>
    /// <value>The default is <c>default</c>.</value>
    public string IpamDriver { get; init; } = "default";

    /// <summary>Options for the IPAM driver.</summary>
    public IReadOnlyDictionary<string, string> IpamOptions { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Options for the network driver, by Docker's labels; see <see cref="NetworkLabels"/> and the driver's own.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The caller's own labels, kept and given back unchanged.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

using System.Collections.ObjectModel;
using System.Net;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork;

/// <summary>What is asked of <see cref="INetwork.CreateEndpointAsync"/>.</summary>
public sealed record EndpointSpec
{
    /// <summary>The endpoint's name, unique per network.</summary>
    public required string Name { get; init; }

    /// <summary>The MAC address; by default a random, locally administered one.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>The IPv4 address; by default the next free one.</summary>
    public IPAddress? IPv4Address { get; init; }

    /// <summary>The IPv6 address; by default the next free one.</summary>
    public IPAddress? IPv6Address { get; init; }

    /// <summary>Further link-local unicast addresses (169.254.0.0/16 or fe80::/10).</summary>
    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>Whether the endpoint has no IPv6 even when its network has.</summary>
    public bool DisableIPv6 { get; init; }

    /// <summary>Names that resolve to the endpoint; the first is the one that its address resolves to.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>How the endpoint finds others and is found, beside its names.</summary>
    public EndpointDiscovery Discovery { get; init; } = new();

    /// <summary>Ports that the container says it listens on.</summary>
    public IReadOnlyList<TransportPort> ExposedPorts { get; init; } = [];

    /// <summary>Ports to be reached on the host while the endpoint is its sandbox's gateway, or its network is routed.</summary>
    public IReadOnlyList<PortBinding> PortBindings { get; init; } = [];

    /// <summary>What the endpoint may reach beyond its own network, for example <c>EgressPolicy.DenyAll</c>. The label <see cref="NetworkLabels.Egress"/> says the same and wins.</summary>
    /// <value>The default, <see langword="null"/>, is everything.</value>
    public EgressPolicy? Egress { get; init; }

    /// <summary>Options for the driver, by label; see <see cref="NetworkLabels"/>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

using System.Collections.ObjectModel;
using System.Net;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork;

/// <summary>An endpoint as it is, at one moment.</summary>
public sealed record EndpointState
{
    /// <summary>The id.</summary>
    public required EndpointId Id { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The network that it belongs to.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>The MAC address, or <see langword="null"/> where the driver has no interface of its own.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>The IPv4 address.</summary>
    public InterfaceAddress? IPv4 { get; init; }

    /// <summary>The IPv6 address.</summary>
    public InterfaceAddress? IPv6 { get; init; }

    /// <summary>Further link-local addresses.</summary>
    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>The sandbox that it is joined to.</summary>
    public SandboxId? SandboxId { get; init; }

    /// <summary>The interface's name inside the sandbox, while joined.</summary>
    public InterfaceName? InterfaceName { get; init; }

    /// <summary>The IPv4 gateway that the network offers.</summary>
    public IPAddress? GatewayIPv4 { get; init; }

    /// <summary>The IPv6 gateway that the network offers.</summary>
    public IPAddress? GatewayIPv6 { get; init; }

    /// <summary>Names that resolve to the endpoint.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>How the endpoint finds others and is found, beside its names.</summary>
    public EndpointDiscovery Discovery { get; init; } = new();

    /// <summary>Ports that the container says it listens on.</summary>
    public IReadOnlyList<TransportPort> ExposedPorts { get; init; } = [];

    /// <summary>Ports that are to be reached on the host, as they were asked for.</summary>
    public IReadOnlyList<PortBinding> PortBindings { get; init; } = [];

    /// <summary>Where the ports are reached now: each with its address and port of the host. Empty while the endpoint is not the gateway.</summary>
    public IReadOnlyList<PortBinding> PublishedPorts { get; init; } = [];

    /// <summary>What the endpoint may reach beyond its own network; <see langword="null"/> is everything.</summary>
    public EgressPolicy? Egress { get; init; }

    /// <summary>What the driver reports about the endpoint, by label.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

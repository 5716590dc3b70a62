using System.Collections.ObjectModel;
using System.Net;

namespace LibNetwork.Drivers;

/// <summary>An endpoint to be readied.</summary>
public sealed record DriverEndpointRequest
{
    /// <summary>The network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>The endpoint.</summary>
    public required EndpointId Id { get; init; }

    /// <summary>The endpoint's name, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Whether an earlier process asked for the endpoint, so that the driver, or what is behind it, may have it already.</summary>
    public bool IsRestored { get; init; }

    /// <summary>The MAC address that the user wants; without one the driver picks.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>The IPv4 address that IPAM gave.</summary>
    public InterfaceAddress? IPv4 { get; init; }

    /// <summary>The IPv6 address that IPAM gave.</summary>
    public InterfaceAddress? IPv6 { get; init; }

    /// <summary>Further link-local addresses that the controller gives its interface.</summary>
    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>Ports that the container says it listens on.</summary>
    public IReadOnlyList<TransportPort> ExposedPorts { get; init; } = [];

    /// <summary>Ports to be reached on the host while the driver is told that the endpoint is the gateway.</summary>
    public IReadOnlyList<PortBinding> PortBindings { get; init; } = [];

    /// <summary>Where an earlier process had them published.</summary>
    public IReadOnlyList<PortBinding> PublishedPorts { get; init; } = [];

    /// <summary>What it may reach beyond its own network; only for an <see cref="IEgressDriver"/>.</summary>
    /// <value>The default, <see langword="null"/>, is everything.</value>
    public EgressPolicy? Egress { get; init; }

    /// <summary>The driver's options, by label.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

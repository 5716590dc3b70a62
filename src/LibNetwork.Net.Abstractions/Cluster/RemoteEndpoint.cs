using System.Collections.ObjectModel;
using System.Net;

namespace LibNetwork.Cluster;

/// <summary>An endpoint that a network has on another node, as last heard of.</summary>
public sealed record RemoteEndpoint
{
    /// <summary>The id.</summary>
    public required EndpointId Id { get; init; }

    /// <summary>The node that it is on.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Names that resolve to the endpoint.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Ports with a name.</summary>
    public IReadOnlyDictionary<string, TransportPort> PortNames { get; init; } = ReadOnlyDictionary<string, TransportPort>.Empty;

    /// <summary>The IPv4 address.</summary>
    public IPAddress? IPv4 { get; init; }

    /// <summary>The IPv6 address.</summary>
    public IPAddress? IPv6 { get; init; }

    /// <summary>The MAC address; <see langword="null"/> where its driver has no interface of its own.</summary>
    public MacAddress? MacAddress { get; init; }

    /// <summary>The address that its node advertises; <see langword="null"/> when it does not say.</summary>
    public IPAddress? NodeAddress { get; init; }

    /// <summary>
    /// Since when nothing is heard of its node, by this node's clock; <see langword="null"/> while the node is there and this node is connected.
    /// </summary>
    /// <remarks>
    /// An endpoint of a silent node is listed, and reached if the node still works, as long as the node may hold its addresses. Its names are not
    /// answered any more, unless it is this node that is cut off.
    /// </remarks>
    public DateTimeOffset? SilentSince { get; init; }
}

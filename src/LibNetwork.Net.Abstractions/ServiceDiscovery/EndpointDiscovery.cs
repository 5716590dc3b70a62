using System.Collections.ObjectModel;

namespace LibNetwork.ServiceDiscovery;

/// <summary>How an endpoint finds others and is found, beside its names.</summary>
public sealed record EndpointDiscovery
{
    /// <summary>Whether this endpoint is no reason to start the sandbox's resolver.</summary>
    public bool DisableResolver { get; init; }

    /// <summary>Names that only the endpoint's own sandbox knows, and the names on the endpoint's network that they stand for.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Ports with a name: <c>http</c> for 80/tcp makes the service <c>_http._tcp.NAME</c> for each name of the endpoint.</summary>
    public IReadOnlyDictionary<string, TransportPort> PortNames { get; init; } = ReadOnlyDictionary<string, TransportPort>.Empty;
}

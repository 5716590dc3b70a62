using System.Net;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>What an endpoint adds to its network's names while it is joined.</summary>
/// <param name="Names">Names that resolve to it; the first is the one that its addresses resolve to.</param>
/// <param name="IPv4">Its IPv4 address.</param>
/// <param name="IPv6">Its IPv6 address.</param>
/// <param name="Ports">Ports that have a name, for service records.</param>
internal sealed record EndpointNames(
    IReadOnlyList<string> Names, IPAddress? IPv4, IPAddress? IPv6, IReadOnlyDictionary<string, TransportPort> Ports);

using System.Net;

namespace LibNetwork.Firewall;

/// <summary>A permission for one endpoint to reach a port of another.</summary>
/// <param name="NetworkId">The network that both are on.</param>
/// <param name="Client">The address that asks.</param>
/// <param name="Server">The address that answers; of the same family.</param>
/// <param name="Port">The server's port.</param>
public sealed record FirewallLink(NetworkId NetworkId, IPAddress Client, IPAddress Server, TransportPort Port);

using System.Net;

namespace LibNetwork.Firewall;

/// <summary>Ports of an endpoint that are open, and where on the host they are reached.</summary>
/// <param name="NetworkId">The endpoint's network.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="ContainerAddress">The endpoint's address.</param>
/// <param name="ContainerPorts">The endpoint's ports.</param>
public sealed record FirewallPort(NetworkId NetworkId, TransportProtocol Protocol, IPAddress ContainerAddress, PortRange ContainerPorts)
{
    /// <summary>The host's address, of the same family, or the unspecified one for all; <see langword="null"/> when only the endpoint's own is opened.</summary>
    public IPAddress? HostAddress { get; init; }

    /// <summary>The host's ports, as many as the endpoint's; <see langword="null"/> as <see cref="HostAddress"/>.</summary>
    public PortRange? HostPorts { get; init; }
}

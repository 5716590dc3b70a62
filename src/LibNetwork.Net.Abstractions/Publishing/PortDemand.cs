using System.Net;

namespace LibNetwork.Publishing;

/// <summary>One address of the host, and the endpoint's address that is reached by it.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="ContainerAddress">The endpoint's address.</param>
/// <param name="ContainerPorts">The endpoint's ports.</param>
/// <param name="HostAddress">
/// The host's address, or the unspecified one for all of a family; <see langword="null"/> when the endpoint's own address is only opened.
/// An IPv6 address in front of an IPv4 endpoint is served by a relay in this process.
/// </param>
/// <param name="HostPorts">The host's ports: as many as the endpoint's, or more to pick one of; <see langword="null"/> for any.</param>
public sealed record PortDemand(
    TransportProtocol Protocol, IPAddress ContainerAddress, PortRange ContainerPorts, IPAddress? HostAddress, PortRange? HostPorts);

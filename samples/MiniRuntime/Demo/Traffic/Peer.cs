using System.Net;
using System.Net.Sockets;
using MiniRuntime.Containers;

namespace MiniRuntime.Demo.Traffic;

/// <summary>Opens a socket somewhere: in a container, on the host, on the outside machine.</summary>
internal delegate Socket SocketOpener(AddressFamily family, SocketType type, ProtocolType protocol);

/// <summary>Somebody who can send and receive.</summary>
/// <param name="Name">The name, for the report.</param>
/// <param name="OpenSocket">Opens a socket there.</param>
/// <param name="IPv4">The IPv4 address.</param>
/// <param name="IPv6">The IPv6 address.</param>
internal sealed record Peer(string Name, SocketOpener OpenSocket, IPAddress IPv4, IPAddress IPv6)
{
    public static Peer Of(Container container) => new(
        container.Name,
        container.Sandbox.OpenSocket,
        container.Endpoint.State.IPv4?.Address ?? IPAddress.None,
        container.Endpoint.State.IPv6?.Address ?? IPAddress.IPv6None);

    public IPAddress Address(AddressFamily family) => family == AddressFamily.InterNetwork ? IPv4 : IPv6;
}

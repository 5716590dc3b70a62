using System.Net;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Who is sent to on another node, and in whose name.</summary>
/// <param name="Peer">The endpoint there.</param>
/// <param name="Destination">Its address.</param>
/// <param name="From">The hardware address of the endpoint here that is said to send.</param>
/// <param name="Source">That one's address, of the same family.</param>
/// <param name="Tunnel">The interface index of the tunnel that leads there.</param>
internal sealed record PathTarget(OverlayPeer Peer, IPAddress Destination, MacAddress From, IPAddress Source, int Tunnel);

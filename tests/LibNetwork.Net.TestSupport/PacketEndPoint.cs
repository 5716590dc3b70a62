using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LibNetwork.TestSupport;

/// <summary>An interface as a packet socket's address (<c>sockaddr_ll</c>).</summary>
public sealed class PacketEndPoint(int interfaceIndex, ushort protocol = PacketEndPoint.AllProtocols) : EndPoint
{
    public const ushort AllProtocols = 3;   // ETH_P_ALL

    private const int Size = 20, ProtocolOffset = 2, IndexOffset = 4;

    public override AddressFamily AddressFamily => AddressFamily.Packet;

    public override SocketAddress Serialize()
    {
        SocketAddress address = new(AddressFamily.Packet, Size);
        address[ProtocolOffset] = (byte)(protocol >> 8);
        address[ProtocolOffset + 1] = (byte)protocol;
        MemoryMarshal.Write(address.Buffer.Span[IndexOffset..], interfaceIndex);
        return address;
    }

    public override EndPoint Create(SocketAddress socketAddress) => this;
}

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LibNetwork.Linux.Sockets;

/// <summary>An interface as the address of a packet socket (<c>struct sockaddr_ll</c>), for all protocols.</summary>
internal sealed class PacketAddress(int interfaceIndex) : EndPoint
{
    private const int Size = 20, ProtocolOffset = 2, IndexOffset = 4;
    private const byte AllProtocols = 3;   // ETH_P_ALL, in network order

    public override AddressFamily AddressFamily => AddressFamily.Packet;

    public override SocketAddress Serialize()
    {
        SocketAddress address = new(AddressFamily.Packet, Size);
        address[ProtocolOffset + 1] = AllProtocols;
        MemoryMarshal.Write(address.Buffer.Span[IndexOffset..], interfaceIndex);
        return address;
    }

    public override EndPoint Create(SocketAddress socketAddress) => this;
}

using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Sockets.SocketDiagConstants;

namespace LibNetwork.Linux.Sockets;

/// <summary>Asks the kernel which sockets of a namespace have ports that others cannot take.</summary>
internal static class SocketList
{
    private const int IPv4Length = 4;
    private const int IPv6Length = 16;

    /// <summary>Lists the sockets of a protocol that wait for peers, IPv4 and IPv6. A kernel that cannot list them gives none.</summary>
    public static IReadOnlyList<BoundSocket> Read(NetlinkSocket socket, byte protocol)
        => [.. Read(socket, protocol, SocketCalls.AddressFamilyInet), .. Read(socket, protocol, SocketCalls.AddressFamilyInet6)];

    private static IReadOnlyList<BoundSocket> Read(NetlinkSocket socket, byte protocol, int family)
    {
        NetlinkBatch batch = new();
        NetlinkMessageWriter writer = batch.Begin(SOCK_DIAG_BY_FAMILY, NetlinkFlags.Dump, "list sockets", string.Empty);
        Span<byte> request = writer.WriteFamilyHeader(INET_DIAG_REQ_V2_SIZE);
        request[0] = (byte)family;
        request[REQ_PROTOCOL_OFFSET] = protocol;
        MemoryMarshal.Write(request[REQ_STATES_OFFSET..], TCPF_CLOSE | TCPF_LISTEN | TCPF_BOUND_INACTIVE);
        batch.End(ref writer);
        try
        {
            return socket.Dump<BoundSocket>(batch, Parse);
        }
        catch (KernelException refused) when (refused.Errno is LinuxErrno.ENOENT or LinuxErrno.EOPNOTSUPP or LinuxErrno.EINVAL)
        {
            return [];   // no such protocol in this kernel, or none that can be listed
        }
    }

    private static BoundSocket? Parse(in NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Payload;
        if (message.Type != SOCK_DIAG_BY_FAMILY || payload.Length < INET_DIAG_MSG_SIZE)
        {
            return null;
        }

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(payload[MSG_SPORT_OFFSET..]);
        int length = payload[MSG_FAMILY_OFFSET] == SocketCalls.AddressFamilyInet6 ? IPv6Length : IPv4Length;
        return port == 0
            ? null
            : new BoundSocket(
                new IPEndPoint(new IPAddress(payload.Slice(MSG_SRC_OFFSET, length)), port), MemoryMarshal.Read<uint>(payload[MSG_INODE_OFFSET..]));
    }
}

using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Linux.Sockets;

/// <summary>Sends a datagram that carries a chosen address of the host as its source, as an answer must that comes from a wildcard socket.</summary>
public static class SourcedDatagram
{
    /// <summary>Sends without waiting: when the socket's buffer is full, the datagram is lost.</summary>
    /// <param name="socket">An IPv6 UDP socket.</param>
    /// <param name="payload">The datagram.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="from">The address of the host that it comes from.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static void Send(Socket socket, ReadOnlySpan<byte> payload, IPEndPoint to, IPAddress from)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(from);
        int errno = SocketCalls.SendFrom(socket.SafeHandle, payload, to, from);
        if (errno is not (0 or LinuxErrno.EAGAIN))
        {
            throw new KernelException("send datagram", to.ToString(), errno);
        }
    }
}

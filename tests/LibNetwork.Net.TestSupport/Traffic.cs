using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LibNetwork.TestSupport;

/// <summary>Sends a datagram from one place to another and says what arrived.</summary>
public static class Traffic
{
    /// <summary>Sends one datagram with a payload of its own.</summary>
    /// <param name="from">Opens the sender's socket.</param>
    /// <param name="to">Opens the receiver's socket.</param>
    /// <param name="address">Where it is sent.</param>
    /// <param name="patience">How long to wait for it.</param>
    /// <returns>The sender's address as the receiver saw it, or <see langword="null"/> when nothing arrived.</returns>
    public static async Task<IPAddress?> SendAsync(
        Func<AddressFamily, SocketType, ProtocolType, Socket> from,
        Func<AddressFamily, SocketType, ProtocolType, Socket> to,
        IPAddress address,
        TimeSpan patience)
    {
        AddressFamily family = address.AddressFamily;
        using Socket receiver = to(family, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        int port = ((IPEndPoint)receiver.LocalEndPoint!).Port;   // it is bound
        using Socket sender = from(family, SocketType.Dgram, ProtocolType.Udp);
        byte[] payload = Encoding.ASCII.GetBytes(Guid.NewGuid().ToString());
        try
        {
            sender.SendTo(payload, new IPEndPoint(address, port));
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AccessDenied)
        {
            return null;   // the sender itself knows no way
        }

        using CancellationTokenSource limit = new(patience);
        byte[] buffer = new byte[256];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await receiver.ReceiveFromAsync(
                    buffer, SocketFlags.None, new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0), limit.Token);
                if (buffer.AsSpan(0, received.ReceivedBytes).SequenceEqual(payload))
                {
                    return ((IPEndPoint)received.RemoteEndPoint).Address;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}

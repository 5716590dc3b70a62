using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LibNetwork.TestSupport;

/// <summary>Asks an <see cref="EchoServer"/>.</summary>
public static class Asker
{
    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(400);

    /// <summary>Connects and reads the answer; <see langword="null"/> when there is none.</summary>
    /// <param name="open">Opens the asker's socket.</param>
    /// <param name="address">Whom to ask.</param>
    /// <param name="port">On which port.</param>
    /// <param name="expected">Whether an answer is expected, and so worth waiting for.</param>
    public static async Task<string?> TcpAsync(
        Func<AddressFamily, SocketType, ProtocolType, Socket> open, string address, int port, bool expected = true)
    {
        IPAddress target = IPAddress.Parse(address);
        using CancellationTokenSource limit = new(expected ? Patience : Silence);
        using Socket socket = open(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(target, port), limit.Token);
            byte[] buffer = new byte[256];
            int length = 0, read;
            while ((read = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token)) > 0)
            {
                length += read;
            }

            return length == 0 ? null : Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    /// <summary>Sends a datagram and waits for the answer, which must come from where it was sent to.</summary>
    public static async Task<string?> UdpAsync(
        Func<AddressFamily, SocketType, ProtocolType, Socket> open, string address, int port, bool expected = true)
    {
        IPAddress target = IPAddress.Parse(address);
        using Socket socket = open(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        return await UdpAsync(socket, address, port, expected);
    }

    /// <summary>The same with a socket that has been used before.</summary>
    public static async Task<string?> UdpAsync(Socket socket, string address, int port, bool expected = true)
    {
        using CancellationTokenSource limit = new(expected ? Patience : Silence);
        byte[] buffer = new byte[256];
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), limit.Token);
            await socket.SendAsync(new byte[] { 1 }, limit.Token);
            int read = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            return Encoding.ASCII.GetString(buffer, 0, read);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            return null;
        }
    }
}

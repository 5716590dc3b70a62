using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LibNetwork.TestSupport;

/// <summary>Sends a datagram from one place to another and says what arrived.</summary>
public static class Traffic
{
    private static readonly TimeSpan TimeBetween = TimeSpan.FromMilliseconds(1);

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

    /// <summary>Sends one datagram after the other, each answered for by its arrival: one flow, that is to say one entry in the tables of who translates addresses.</summary>
    /// <param name="from">Opens the sender's socket.</param>
    /// <param name="to">Opens the receiver's socket.</param>
    /// <param name="address">Where they are sent.</param>
    /// <param name="patience">How long to wait for each.</param>
    /// <param name="stop">Ends the flow.</param>
    /// <returns>How many were sent, and how many of them did not arrive in time.</returns>
    public static Task<(int Sent, int Lost)> FlowAsync(
        Func<AddressFamily, SocketType, ProtocolType, Socket> from,
        Func<AddressFamily, SocketType, ProtocolType, Socket> to,
        IPAddress address,
        TimeSpan patience,
        CancellationToken stop)
        => Task.Factory.StartNew(() => Flow(from, to, address, patience, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static (int Sent, int Lost) Flow(
        Func<AddressFamily, SocketType, ProtocolType, Socket> from,
        Func<AddressFamily, SocketType, ProtocolType, Socket> to,
        IPAddress address,
        TimeSpan patience,
        CancellationToken stop)
    {
        using Socket receiver = to(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        receiver.ReceiveTimeout = (int)patience.TotalMilliseconds;
        using Socket sender = from(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(address, ((IPEndPoint)receiver.LocalEndPoint!).Port);   // it is bound
        byte[] buffer = new byte[1];
        int sent = 0, lost = 0;
        while (!stop.WaitHandle.WaitOne(TimeBetween))
        {
            sender.Send(buffer);
            sent++;
            try
            {
                receiver.Receive(buffer);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                lost++;
            }
        }

        return (sent, lost);
    }
}

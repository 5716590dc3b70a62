using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MiniRuntime.Demo.Traffic;

/// <summary>Real traffic from one place to another. What arrives is observed at the receiver, never inferred from the sender.</summary>
internal static class Probe
{
    private const int Datagrams = 5;
    private const int BufferBytes = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);

    /// <summary>What a delivery of everything looks like, with the sender's address as the receiver saw it.</summary>
    public static string AllFrom(IPAddress sender) => Result(Datagrams, sender);

    /// <summary>What an attack that got nowhere looks like, on a victim who can be reached.</summary>
    public static string NoneBut(Peer neighbour) => Verdict(0, neighbour, Datagrams);

    /// <summary>Sends datagrams with a payload of their own and counts them where they should arrive.</summary>
    public static async Task<string> UdpAsync(Peer from, Peer to, AddressFamily family, CancellationToken cancellationToken)
    {
        (int arrived, IPAddress? sender) = await DeliverAsync(from, to, family, Datagrams, Patience, cancellationToken);
        return Result(arrived, sender);
    }

    /// <summary>Sends one datagram and waits until it arrives.</summary>
    public static async Task<bool> FirstPacketAsync(Peer from, Peer to, AddressFamily family, CancellationToken cancellationToken)
        => await DeliverAsync(from, to, family, datagrams: 1, Patience, cancellationToken) is (1, _);

    /// <summary>Connects, sends a payload, and waits until it comes back.</summary>
    public static async Task<string> TcpAsync(Peer from, Peer to, AddressFamily family, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using Socket listener = to.OpenSocket(family, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(Anywhere(family), 0));
        listener.Listen();
        using Socket client = from.OpenSocket(family, SocketType.Stream, ProtocolType.Tcp);
        byte[] payload = NewPayload();
        byte[] echo = new byte[payload.Length];
        try
        {
            await client.ConnectAsync(new IPEndPoint(to.Address(family), Port(listener)), limit.Token);
            using Socket server = await listener.AcceptAsync(limit.Token);
            await client.SendAsync(payload, limit.Token);
            await server.SendAsync(echo.AsMemory(0, await server.ReceiveAsync(echo, limit.Token)), limit.Token);
            Array.Clear(echo);
            await client.ReceiveAsync(echo, limit.Token);
            return echo.AsSpan().SequenceEqual(payload) ? EchoTo(((IPEndPoint)server.RemoteEndPoint!).Address) : "a wrong echo";   // it is connected
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "nothing";
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode.ToString();
        }
    }

    /// <summary>What a served TCP client looks like, with its address as the server saw it.</summary>
    public static string EchoTo(IPAddress client) => $"echo to {client}";

    /// <summary>Attacks a victim, and then lets a neighbour try the same: the victim must get all of the neighbour's and none of the attacker's.</summary>
    public static async Task<string> AttackAsync(
        Peer attacker, Peer victim, Peer neighbour, AddressFamily family, CancellationToken cancellationToken)
    {
        (int harm, _) = await DeliverAsync(attacker, victim, family, Datagrams, Silence, cancellationToken);
        (int control, _) = await DeliverAsync(neighbour, victim, family, Datagrams, Patience, cancellationToken);
        return Verdict(harm, neighbour, control);
    }

    private static async Task<(int Arrived, IPAddress? Sender)> DeliverAsync(
        Peer from, Peer to, AddressFamily family, int datagrams, TimeSpan patience, CancellationToken cancellationToken)
    {
        using Socket receiver = to.OpenSocket(family, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(Anywhere(family), 0));
        using Socket sender = from.OpenSocket(family, SocketType.Dgram, ProtocolType.Udp);
        byte[] payload = NewPayload();
        Send(sender, payload, new IPEndPoint(to.Address(family), Port(receiver)), datagrams);

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        byte[] buffer = new byte[BufferBytes];
        int arrived = 0;
        IPAddress? seen = null;
        try
        {
            while (arrived < datagrams)
            {
                SocketReceiveFromResult received = await receiver.ReceiveFromAsync(
                    buffer, SocketFlags.None, new IPEndPoint(Anywhere(family), 0), limit.Token);
                if (buffer.AsSpan(0, received.ReceivedBytes).SequenceEqual(payload))
                {
                    arrived++;
                    seen = ((IPEndPoint)received.RemoteEndPoint).Address;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // That was all.
        }

        return (arrived, seen);
    }

    private static void Send(Socket sender, byte[] payload, IPEndPoint target, int datagrams)
    {
        try
        {
            for (int i = 0; i < datagrams; i++)
            {
                sender.SendTo(payload, target);
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.HostUnreachable)
        {
            // The sender itself knows no way: as good a reason as any for nothing to arrive.
        }
    }

    private static string Result(int arrived, IPAddress? sender) => arrived switch
    {
        0 => "none",
        Datagrams => $"all {Datagrams}",
        _ => $"{arrived} of {Datagrams}",
    } + (sender is null ? string.Empty : $" from {sender}");

    private static string Verdict(int harm, Peer neighbour, int control) => $"{Result(harm, null)} (from {neighbour.Name}: {Result(control, null)})";

    private static IPAddress Anywhere(AddressFamily family) => family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;   // it is bound

    private static byte[] NewPayload() => Encoding.ASCII.GetBytes(Guid.NewGuid().ToString());
}

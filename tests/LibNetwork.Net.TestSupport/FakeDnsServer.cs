using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.TestSupport;

/// <summary>A name server that does as a test says, over UDP and TCP.</summary>
public sealed class FakeDnsServer : IAsyncDisposable
{
    private readonly Socket _datagrams;
    private readonly Socket _streams;
    private readonly CancellationTokenSource _end = new();
    private readonly Task[] _loops;

    /// <summary>Starts the server.</summary>
    /// <param name="open">Opens sockets where the server is to be.</param>
    /// <param name="endPoint">Where it listens.</param>
    /// <param name="answer">Gives the datagrams that answer a question, each after its delay.</param>
    public FakeDnsServer(
        Func<AddressFamily, SocketType, ProtocolType, Socket> open, IPEndPoint endPoint, Func<byte[], IEnumerable<(TimeSpan Delay, byte[] Datagram)>> answer)
    {
        _datagrams = open(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _datagrams.Bind(endPoint);
        _streams = open(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _streams.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _streams.Bind(endPoint);
        _streams.Listen();
        _loops = [ServeDatagramsAsync(answer), ServeStreamsAsync(answer)];
    }

    /// <summary>The questions that came, with where from.</summary>
    public ConcurrentQueue<(byte[] Query, IPEndPoint From, bool IsStream)> Asked { get; } = [];

    /// <summary>A server that gives every name this address.</summary>
    public static Func<byte[], IEnumerable<(TimeSpan Delay, byte[] Datagram)>> Always(string address, TimeSpan delay = default)
        => query => [(delay, DnsText.Reply(query, 0, (DnsText.QuestionOf(query), ServiceDiscovery.DnsRecordType.A, IPAddress.Parse(address).GetAddressBytes())))];

    /// <summary>A server that answers every question with this code and nothing else.</summary>
    public static Func<byte[], IEnumerable<(TimeSpan Delay, byte[] Datagram)>> Code(int code, TimeSpan delay = default)
        => query => [(delay, DnsText.Reply(query, code))];

    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        await _end.CancelAsync();
        _datagrams.Dispose();
        _streams.Dispose();
        foreach (Task loop in _loops)
        {
            try
            {
                await loop;
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Its sockets are closed.
            }
        }

    }

    private async Task ServeDatagramsAsync(Func<byte[], IEnumerable<(TimeSpan Delay, byte[] Datagram)>> answer)
    {
        byte[] buffer = new byte[65535];
        while (true)
        {
            SocketReceiveFromResult received = await _datagrams.ReceiveFromAsync(
                buffer, SocketFlags.None, new IPEndPoint(_datagrams.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0), _end.Token);
            byte[] query = buffer[..received.ReceivedBytes];
            Asked.Enqueue((query, (IPEndPoint)received.RemoteEndPoint, false));
            foreach ((TimeSpan delay, byte[] datagram) in answer(query))
            {
                _ = SendAsync(delay, datagram, received.RemoteEndPoint);
            }
        }
    }

    private async Task SendAsync(TimeSpan delay, byte[] datagram, EndPoint to)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _end.Token);
        }

        await _datagrams.SendToAsync(datagram, to, _end.Token);
    }

    private async Task ServeStreamsAsync(Func<byte[], IEnumerable<(TimeSpan Delay, byte[] Datagram)>> answer)
    {
        while (true)
        {
            using Socket stream = await _streams.AcceptAsync(_end.Token);
            byte[] buffer = new byte[65535];
            int have = 0;
            while (have < 2 || have < 2 + BinaryPrimitives.ReadUInt16BigEndian(buffer))
            {
                int received = await stream.ReceiveAsync(buffer.AsMemory(have), _end.Token);
                if (received == 0)
                {
                    break;
                }

                have += received;
            }

            if (have < 2)
            {
                continue;
            }

            byte[] query = buffer[2..have];
            Asked.Enqueue((query, (IPEndPoint)stream.RemoteEndPoint!, true));   // it is connected
            foreach ((TimeSpan delay, byte[] datagram) in answer(query))
            {
                await Task.Delay(delay, _end.Token);
                byte[] length = [(byte)(datagram.Length >> 8), (byte)datagram.Length];
                await stream.SendAsync((byte[])[.. length, .. datagram], _end.Token);
            }
        }
    }
}

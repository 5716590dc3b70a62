using System.Net;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.TestSupport;

/// <summary>Asks a name server as programs do.</summary>
public sealed class DnsClient(Func<AddressFamily, SocketType, ProtocolType, Socket> open)
{
    private static readonly IPEndPoint Resolver = new(new IPAddress([127, 0, 0, 11]), 53);

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Asks by datagram.</summary>
    /// <returns>The answer; <see langword="null"/> when none comes.</returns>
    public async Task<DnsReply?> TryAskAsync(string name, DnsRecordType type = DnsRecordType.A, ushort id = 0x4711)
        => await TryAskAsync(DnsText.Query(name, type, id, edns: 4096));

    public async Task<DnsReply?> TryAskAsync(byte[] query)
    {
        using Socket socket = open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(Resolver);
        await socket.SendAsync(query);
        byte[] buffer = new byte[65535];
        using CancellationTokenSource limit = new(Patience);
        try
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            return DnsText.Parse(buffer.AsSpan(0, received));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<DnsReply> AskAsync(string name, DnsRecordType type = DnsRecordType.A, ushort id = 0x4711)
        => await TryAskAsync(name, type, id) ?? throw new TimeoutException($"{name} was not answered.");

    /// <summary>Asks by stream.</summary>
    public async Task<DnsReply> AskByStreamAsync(string name, DnsRecordType type = DnsRecordType.A)
    {
        using Socket socket = await ConnectAsync();
        byte[] query = DnsText.Query(name, type);
        await socket.SendAsync((byte[])[(byte)(query.Length >> 8), (byte)query.Length, .. query]);
        byte[] buffer = new byte[2 + 65535];
        int have = 0;
        using CancellationTokenSource limit = new(Patience);
        while (have < 2 || have < 2 + ((buffer[0] << 8) | buffer[1]))
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(have), limit.Token);
            have += received > 0 ? received : throw new EndOfStreamException();
        }

        return DnsText.Parse(buffer.AsSpan(2, have - 2));
    }

    public async Task<Socket> ConnectAsync()
    {
        Socket socket = open(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Resolver);
        return socket;
    }
}

using System.Buffers;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Sockets;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Publishing.Relay;

/// <summary>Relays UDP: each client has a socket of its own towards the endpoint, so that answers find their way back.</summary>
internal sealed class DatagramRelay : PortRelay
{
    private const int MostClients = 1024;   // the one that was silent longest makes room
    private const int LargestDatagram = 64 * 1024;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(90);

    private readonly Socket _socket;
    private readonly IPEndPoint _target;
    private readonly NetworkNamespace _host;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(IPEndPoint Client, IPAddress Local), DatagramClient> _clients = [];
    private readonly ITimer _sweep;
    private readonly Task _receiving;

    public DatagramRelay(Socket socket, IPEndPoint target, NetworkNamespace host, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _target = target;
        _host = host;
        _time = time;
        _logger = logger;
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, optionValue: true);
        _sweep = time.CreateTimer(static self => ((DatagramRelay)self!).ForgetIdle(), this, Idle, Idle / 3);
        _receiving = Task.Run(ReceiveAsync);
    }

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
        lock (_gate)
        {
            foreach (DatagramClient client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }

        _end.Dispose();
    }

    private async Task ReceiveAsync()
    {
        IPEndPoint any = new(IPAddress.IPv6Any, 0);
        while (!_end.IsCancellationRequested)
        {
            byte[]? buffer = null;
            try
            {
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _end.Token).ConfigureAwait(false);   // waits without a buffer
                buffer = ArrayPool<byte>.Shared.Rent(LargestDatagram);
                SocketReceiveMessageFromResult received = await _socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, any, _end.Token).ConfigureAwait(false);
                DatagramClient client = ClientOf((IPEndPoint)received.RemoteEndPoint, received.PacketInformation);
                await client.Server.SendAsync(buffer.AsMemory(0, received.ReceivedBytes), SocketFlags.None, _end.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is SocketException or KernelException)
            {
                RelayLog.DatagramLost(_logger, exception, _target);   // as on any way; an endpoint's refusal is told here too
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                // The relay ends, or the client was silent for too long just now.
            }
            finally
            {
                if (buffer is not null)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
    }

    private DatagramClient ClientOf(IPEndPoint remote, IPPacketInformation arrival)
    {
        lock (_gate)
        {
            (IPEndPoint, IPAddress) key = (remote, arrival.Address);
            if (!_clients.TryGetValue(key, out DatagramClient? client))
            {
                if (_clients.Count >= MostClients)
                {
                    Forget(_clients.MinBy(static pair => pair.Value.LastSeen).Key);
                }

                Socket server = _host.OpenSocket(_target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                try
                {
                    server.Connect(_target);
                }
                catch
                {
                    server.Dispose();
                    throw;
                }

                client = new DatagramClient(server);
                _clients.Add(key, client);
                _ = AnswerAsync(client, remote, arrival);
            }

            client.LastSeen = _time.GetTimestamp();
            return client;
        }
    }

    private async Task AnswerAsync(DatagramClient client, IPEndPoint remote, IPPacketInformation arrival)
    {
        while (!_end.IsCancellationRequested)
        {
            byte[]? buffer = null;
            try
            {
                await client.Server.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _end.Token).ConfigureAwait(false);
                buffer = ArrayPool<byte>.Shared.Rent(LargestDatagram);
                int received = await client.Server.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _end.Token).ConfigureAwait(false);
                client.LastSeen = _time.GetTimestamp();
                SourcedDatagram.Send(_socket, buffer.AsSpan(0, received), remote, arrival.Address);
            }
            catch (Exception exception) when (exception is SocketException or KernelException)
            {
                RelayLog.DatagramLost(_logger, exception, _target);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            finally
            {
                if (buffer is not null)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
    }

    private void ForgetIdle()
    {
        lock (_gate)
        {
            foreach ((IPEndPoint, IPAddress) key in _clients.Where(pair => _time.GetElapsedTime(pair.Value.LastSeen) > Idle).Select(pair => pair.Key).ToArray())
            {
                Forget(key);
            }
        }
    }

    private void Forget((IPEndPoint, IPAddress) key)
    {
        if (_clients.Remove(key, out DatagramClient? client))
        {
            client.Dispose();
        }
    }

    private sealed class DatagramClient(Socket server) : IDisposable
    {
        public Socket Server { get; } = server;

        public long LastSeen { get; set; }

        public void Dispose() => Server.Dispose();
    }
}

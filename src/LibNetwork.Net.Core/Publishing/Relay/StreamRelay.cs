using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Publishing.Relay;

/// <summary>Relays TCP: one connection to the endpoint for each that comes in.</summary>
internal sealed class StreamRelay : PortRelay
{
    private const int MostConnections = 1024;   // more wait in the listening socket's queue

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly IPEndPoint _target;
    private readonly NetworkNamespace _host;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _room = new(MostConnections, MostConnections);
    private readonly Task _accepting;

    public StreamRelay(Socket listener, IPEndPoint target, NetworkNamespace host, ILogger logger)
    {
        _listener = listener;
        _target = target;
        _host = host;
        _logger = logger;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Stops listening and cuts the connections.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        for (int i = 0; i < MostConnections; i++)
        {
            await _room.WaitAsync().ConfigureAwait(false);   // each connection gives its place back at its end
        }

        _end.Dispose();
        _room.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            bool hasRoom = false;
            try
            {
                await _room.WaitAsync(_end.Token).ConfigureAwait(false);
                hasRoom = true;
                Socket client = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
                hasRoom = false;   // the connection has it now
            }
            catch (SocketException exception)
            {
                RelayLog.AcceptFailed(_logger, exception, _target);
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None).ConfigureAwait(false);   // descriptors may be short
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                // The relay ends.
            }
            finally
            {
                if (hasRoom)
                {
                    _room.Release();
                }
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using Socket server = _host.OpenSocket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            client.NoDelay = server.NoDelay = true;
            using (CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token))
            {
                patience.CancelAfter(ConnectPatience);
                await server.ConnectAsync(_target, patience.Token).ConfigureAwait(false);
            }

            await Splice.RunAsync(client, server, _end.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or KernelException or ObjectDisposedException)
        {
            Splice.Reset(client);   // so that it does not take a refusal for an end
            RelayLog.ConnectionFailed(_logger, exception, _target);
        }
        finally
        {
            client.Dispose();
            _room.Release();
        }
    }
}

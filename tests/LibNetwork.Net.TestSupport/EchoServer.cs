using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LibNetwork.TestSupport;

/// <summary>Answers who asks with its name and the asker's address, over TCP and UDP on one port, until it is disposed.</summary>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Socket _datagrams;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    private EchoServer(Socket listener, Socket datagrams, string name)
    {
        _listener = listener;
        _datagrams = datagrams;
        _serving = Task.WhenAll(AcceptAsync(name), ReceiveAsync(name));
    }

    /// <summary>How many connections and datagrams have come in.</summary>
    public int Visits { get; private set; }

    /// <summary>Starts a server.</summary>
    /// <param name="open">Opens its sockets.</param>
    /// <param name="port">Its port.</param>
    /// <param name="name">What it answers.</param>
    /// <param name="family">Its family.</param>
    /// <param name="address">Its address; all of its family by default.</param>
    public static EchoServer Start(
        Func<AddressFamily, SocketType, ProtocolType, Socket> open, int port, string name, AddressFamily family = AddressFamily.InterNetwork,
        IPAddress? address = null)
    {
        IPEndPoint any = new(address ?? (family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any), port);
        Socket listener = open(family, SocketType.Stream, ProtocolType.Tcp), datagrams = open(family, SocketType.Dgram, ProtocolType.Udp);
        if (family == AddressFamily.InterNetworkV6)
        {
            listener.DualMode = datagrams.DualMode = false;   // IPv4 may have a server of its own
        }

        listener.Bind(any);
        listener.Listen();
        datagrams.Bind(any);
        return new EchoServer(listener, datagrams, name);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        _datagrams.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task AcceptAsync(string name)
    {
        try
        {
            while (true)
            {
                using Socket client = await _listener.AcceptAsync(_end.Token);
                Visits++;
                await client.SendAsync(Answer(name, client.RemoteEndPoint!), _end.Token);
                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The end.
        }
    }

    private async Task ReceiveAsync(string name)
    {
        byte[] buffer = new byte[2048];
        EndPoint any = _datagrams.LocalEndPoint!;
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, any, _end.Token);
                Visits++;
                await _datagrams.SendToAsync(Answer(name, received.RemoteEndPoint), SocketFlags.None, received.RemoteEndPoint, _end.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The end.
        }
    }

    private static byte[] Answer(string name, EndPoint asker) => Encoding.ASCII.GetBytes($"{name} to {((IPEndPoint)asker).Address}");
}

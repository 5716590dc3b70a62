using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.ServiceDiscovery.Listening;

/// <summary>The two sockets of a resolver.</summary>
internal sealed class ListenerSockets : IDisposable
{
    private const int ReceiveBytes = 1 << 20;   // some thousand questions that wait; the kernel takes memory only for those that do
    private const int Backlog = 128;

    private ListenerSockets(Socket datagrams, Socket streams)
    {
        Datagrams = datagrams;
        Streams = streams;
    }

    public Socket Datagrams { get; }

    public Socket Streams { get; }

    public ushort DatagramPort => (ushort)((IPEndPoint)Datagrams.LocalEndPoint!).Port;   // it is bound

    public ushort StreamPort => (ushort)((IPEndPoint)Streams.LocalEndPoint!).Port;   // it is bound

    /// <summary>Opens both.</summary>
    /// <exception cref="SocketException">The address or port cannot be had.</exception>
    /// <exception cref="Linux.KernelException">The namespace is gone, or the process has too many files open.</exception>
    public static ListenerSockets Open(NetworkNamespace inside, IPEndPoint endPoint) => Open(inside, endPoint.Address, endPoint.Port, endPoint.Port);

    /// <summary>Opens both at ports that they had before.</summary>
    /// <returns><see langword="null"/> when somebody else has one of the ports by now.</returns>
    /// <exception cref="Linux.KernelException">The namespace is gone, or the process has too many files open.</exception>
    public static ListenerSockets? TryOpen(NetworkNamespace inside, IPAddress address, ushort datagramPort, ushort streamPort)
    {
        try
        {
            return Open(inside, address, datagramPort, streamPort);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Datagrams.Dispose();
        Streams.Dispose();
    }

    private static ListenerSockets Open(NetworkNamespace inside, IPAddress address, int datagramPort, int streamPort)
    {
        Socket datagrams = inside.OpenSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        Socket? streams = null;
        try
        {
            datagrams.ReceiveBufferSize = ReceiveBytes;   // the kernel cuts it to what the host allows
            datagrams.Bind(new IPEndPoint(address, datagramPort));
            streams = inside.OpenSocket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            streams.Blocking = false;   // a connection that waited may be gone when it is accepted
            streams.Bind(new IPEndPoint(address, streamPort));
            streams.Listen(Backlog);
            return new ListenerSockets(datagrams, streams);
        }
        catch
        {
            streams?.Dispose();
            datagrams.Dispose();
            throw;
        }
    }
}

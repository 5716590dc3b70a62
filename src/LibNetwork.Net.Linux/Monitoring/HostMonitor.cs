using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using Tmds.Linux;

namespace LibNetwork.Linux.Monitoring;

/// <summary>
/// Follows what is taken away on a host: links, addresses, routes, forwarding, packet rules; and, by the same two sockets, in all other
/// namespaces that the host's has an id for (<see cref="RtNetlink.IdentifyNamespace"/>).
/// </summary>
/// <remarks>
/// A socket in each of ten thousand namespaces would be in the kernel's one list of listeners, which it walks for every change anywhere;
/// two sockets cost the same however many namespaces there are. What happens waits in the kernel, about 4 MB of it, until it is read.
/// Read by one reader at a time.
/// </remarks>
public sealed class HostMonitor : IDisposable
{
    private const int NetlinkFamily = 16;   // AF_NETLINK
    private const int LargestNotification = 64 * 1024;
    private const uint NftablesGroup = 1u << (NftablesConstants.NFNLGRP_NFTABLES - 1);

    private const uint RouteGroups =
        1u << (RtNetlinkConstants.RTNLGRP_LINK - 1)
        | 1u << (RtNetlinkConstants.RTNLGRP_IPV4_IFADDR - 1)
        | 1u << (RtNetlinkConstants.RTNLGRP_IPV4_ROUTE - 1)
        | 1u << (RtNetlinkConstants.RTNLGRP_IPV6_IFADDR - 1)
        | 1u << (RtNetlinkConstants.RTNLGRP_IPV6_ROUTE - 1)
        | 1u << (RtNetlinkConstants.RTNLGRP_IPV4_NETCONF - 1)
        | 1u << (RtNetlinkConstants.RTNLGRP_IPV6_NETCONF - 1);

    private readonly byte[] _buffer = new byte[LargestNotification];
    private readonly byte[] _glimpse = new byte[1];
    private readonly Socket _route;
    private readonly Socket _nftables;
    private readonly uint _ownPort;
    private Task? _routeWaits;
    private Task? _nftablesWaits;
    private volatile bool _overrun;
    private volatile bool _disposed;

    private HostMonitor(Socket route, Socket nftables, uint ownPort, bool seesOtherNamespaces)
    {
        _route = route;
        _nftables = nftables;
        _ownPort = ownPort;
        SeesOtherNamespaces = seesOtherNamespaces;
    }

    /// <summary>Whether the process may hear of other namespaces (CAP_NET_BROADCAST).</summary>
    public bool SeesOtherNamespaces { get; }

    /// <summary>Starts to follow a host.</summary>
    /// <param name="host">The host's namespace.</param>
    /// <param name="own">The socket whose changes to packet rules are not reported.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static HostMonitor Open(NetworkNamespace host, NftSocket own)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(own);
        Socket route = Open(host, NetlinkProtocol.Route, RouteGroups);
        try
        {
            int errno = SystemCalls.ListenToAllNamespaces(route.SafeHandle);
            if (errno is not (0 or LinuxErrno.EPERM))
            {
                throw new KernelException("listen to all namespaces", string.Empty, errno);
            }

            return new HostMonitor(route, Open(host, NetlinkProtocol.Netfilter, NftablesGroup), own.Port, seesOtherNamespaces: errno == 0);
        }
        catch
        {
            route.Dispose();
            throw;
        }
    }

    /// <summary>Completes when something waits to be read. Nothing is taken from the kernel before <see cref="Read"/>.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _routeWaits ??= GlimpseAsync(_route);
        _nftablesWaits ??= GlimpseAsync(_nftables);
        await Task.WhenAny(_routeWaits, _nftablesWaits).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads all that has happened so far, without waiting.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public HostChanges Read()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Forget(ref _routeWaits);
        Forget(ref _nftablesWaits);
        HostChangesReader reader = new(_ownPort);
        if (_overrun)
        {
            _overrun = false;
            reader.Changes.Overrun = true;
        }

        Drain(_route, reader, static (reader, datagram, inside) => reader.AddRoute(datagram, inside));
        Drain(_nftables, reader, static (reader, datagram, _) => reader.AddNftables(datagram));
        return reader.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _route.Dispose();
        _nftables.Dispose();
    }

    /// <summary>Starts to follow a host with kernel queues of a given size, so that they overrun early.</summary>
    internal static HostMonitor Open(NetworkNamespace host, NftSocket own, int queueBytes)
    {
        HostMonitor monitor = Open(host, own);
        monitor._route.ReceiveBufferSize = queueBytes;
        monitor._nftables.ReceiveBufferSize = queueBytes;
        return monitor;
    }

    private static Socket Open(NetworkNamespace host, NetlinkProtocol protocol, uint groups)
    {
        SafeSocketHandle handle = new(host.OpenDescriptor(NetlinkFamily, LibC.SOCK_RAW, (int)protocol, "open host monitor"), ownsHandle: true);
        int errno = SystemCalls.PrepareNetlink(handle, groups);
        if (errno != 0)
        {
            handle.Dispose();
            throw new KernelException("open host monitor", host.Path ?? string.Empty, errno);
        }

        return new Socket(handle);
    }

    // A look that was answered is over; one that still waits goes on waiting.
    private static void Forget(ref Task? look)
    {
        if (look is { IsCompleted: true })
        {
            look = null;
        }
    }

    /// <summary>Looks at the next message without taking it; that is how an asynchronous socket waits for one.</summary>
    private async Task GlimpseAsync(Socket socket)
    {
        try
        {
            await socket.ReceiveAsync(_glimpse.AsMemory(), SocketFlags.Peek).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            _overrun = true;
        }
        catch (Exception exception) when (_disposed && exception is SocketException or ObjectDisposedException)
        {
            // Disposing ends the wait.
        }
    }

    private void Drain(Socket socket, HostChangesReader reader, Action<HostChangesReader, ReadOnlySpan<byte>, int?> add)
    {
        while (true)
        {
            int length = SystemCalls.ReceiveFromAny(socket.SafeHandle, _buffer, out int? inside, out int errno);
            if (length >= 0)
            {
                add(reader, _buffer.AsSpan(0, length), inside);
            }
            else if (errno == LinuxErrno.ENOBUFS)
            {
                reader.Changes.Overrun = true;   // until the queue is empty the kernel drops without a word, so it is emptied
            }
            else if (errno == LinuxErrno.EAGAIN)
            {
                return;
            }
            else
            {
                throw new KernelException("read host monitor", string.Empty, errno);
            }
        }
    }
}

using System.Net.Sockets;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;
using Tmds.Linux;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Follows what happens to the links, addresses, routes and neighbours of a namespace.</summary>
/// <remarks>
/// Events count from <see cref="Open(NetworkNamespace)"/> on and wait in the kernel, about 4 MB of them, until they are read. When
/// they are more than that they are lost, all of them, and the reader gets one <see cref="RouteEventKind.Overrun"/>: a state read from
/// then on, together with the events that follow, is complete. Read by one reader at a time; an open monitor keeps the namespace
/// alive. Disposing ends a reading without an error.
/// </remarks>
public sealed class RouteMonitor : IAsyncEnumerable<RouteEvent>, IDisposable
{
    private const int NetlinkFamily = 16;   // AF_NETLINK
    private const int LargestNotification = 32 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _peeked = new byte[1];
    private byte[]? _waiting;
    private volatile bool _overrun;
    private volatile bool _disposed;

    private RouteMonitor(Socket socket) => _socket = socket;

    /// <summary>Starts to follow a namespace.</summary>
    /// <exception cref="KernelException">The kernel refused the socket.</exception>
    public static RouteMonitor Open(NetworkNamespace inside) => Open(inside, RouteEventGroups.All);

    /// <summary>Starts to follow a part of what happens in a namespace; the rest does not wake the reader.</summary>
    /// <exception cref="KernelException">The kernel refused the socket.</exception>
    public static RouteMonitor Open(NetworkNamespace inside, RouteEventGroups groups)
    {
        ArgumentNullException.ThrowIfNull(inside);
        int descriptor = inside.OpenDescriptor(NetlinkFamily, LibC.SOCK_RAW, protocol: 0, "open route monitor");
        SafeSocketHandle handle = new(descriptor, ownsHandle: true);
        int errno = SystemCalls.PrepareNetlink(handle, MulticastGroups(groups));
        if (errno != 0)
        {
            handle.Dispose();
            throw new KernelException("open route monitor", inside.Path ?? string.Empty, errno);
        }

        return new RouteMonitor(new Socket(handle));
    }

    /// <summary>Starts to follow a namespace with a kernel queue of a given size, so that it overruns early.</summary>
    internal static RouteMonitor Open(NetworkNamespace inside, int queueBytes)
    {
        RouteMonitor monitor = Open(inside);
        monitor._socket.ReceiveBufferSize = queueBytes;
        return monitor;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<RouteEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        byte[] buffer = new byte[LargestNotification];
        Queue<RouteEvent> events = new();
        while (await ReceiveAsync(buffer, events, cancellationToken).ConfigureAwait(false))
        {
            while (events.TryDequeue(out RouteEvent? happened))
            {
                yield return happened;
            }
        }
    }

    /// <summary>Waits until there is something to read for <see cref="ReadWaiting"/>.</summary>
    /// <returns><see langword="false"/> when the monitor was disposed.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _socket.ReceiveAsync(_peeked.AsMemory(), SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            _overrun = true;   // the kernel says so only once
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted && _disposed)
        {
            return false;
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            return false;
        }
    }

    /// <summary>
    /// Reads what has happened so far, without waiting: the kernel tells of a change before it answers whoever made it. Another call of
    /// this method must not run at the same time; <see cref="WaitAsync"/> may.
    /// </summary>
    /// <exception cref="KernelException">The kernel refused to read.</exception>
    public void ReadWaiting(Queue<RouteEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        ObjectDisposedException.ThrowIf(_disposed, this);
        byte[] buffer = _waiting ??= new byte[LargestNotification];
        while (true)
        {
            int length = SystemCalls.Receive(_socket.SafeHandle, buffer, wait: false, out int errno);
            if (errno == LinuxErrno.ENOBUFS || _overrun)
            {
                Drain(buffer);
                _overrun = false;
                events.Enqueue(new RouteEvent(RouteEventKind.Overrun));
                return;
            }

            if (errno == LinuxErrno.EAGAIN)
            {
                return;
            }

            if (errno != 0)
            {
                throw new KernelException("read route events", string.Empty, errno);
            }

            RouteEventParser.Parse(buffer.AsSpan(0, length), events);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose();
    }

    private static uint MulticastGroups(RouteEventGroups groups)
    {
        uint mask = 0;
        foreach ((RouteEventGroups group, int number) in new[]
        {
            (RouteEventGroups.Links, RtNetlinkConstants.RTNLGRP_LINK),
            (RouteEventGroups.Neighbours, RtNetlinkConstants.RTNLGRP_NEIGH),
            (RouteEventGroups.Addresses, RtNetlinkConstants.RTNLGRP_IPV4_IFADDR),
            (RouteEventGroups.Addresses, RtNetlinkConstants.RTNLGRP_IPV6_IFADDR),
            (RouteEventGroups.Routes, RtNetlinkConstants.RTNLGRP_IPV4_ROUTE),
            (RouteEventGroups.Routes, RtNetlinkConstants.RTNLGRP_IPV6_ROUTE),
        })
        {
            mask |= groups.HasFlag(group) ? 1u << (number - 1) : 0;
        }

        return mask;
    }

    /// <summary>Throws away what waits: it is older than the overrun, and until the queue is empty the kernel drops events without a word.</summary>
    private void Drain(byte[] buffer)
    {
        int errno;
        do
        {
            _ = SystemCalls.Receive(_socket.SafeHandle, buffer, wait: false, out errno);
        }
        while (errno is 0 or LinuxErrno.ENOBUFS);
    }

    private async ValueTask<bool> ReceiveAsync(byte[] buffer, Queue<RouteEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            int length = await _socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            RouteEventParser.Parse(buffer.AsSpan(0, length), events);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            Drain(buffer);
            events.Enqueue(new RouteEvent(RouteEventKind.Overrun));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted && _disposed)
        {
            return false;
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            return false;
        }
    }
}

using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux.Monitoring;

/// <summary>
/// Follows what is taken away on a host: links, addresses, routes, forwarding, packet rules; and, by the same two sockets, in all other
/// namespaces that the host's has an id for (<see cref="RtNetlink.IdentifyNamespace"/>).
/// </summary>
/// <remarks>
/// A socket in each of ten thousand namespaces would be in the kernel's one list of listeners, which it walks for every change anywhere;
/// two sockets cost the same however many namespaces there are. What happens waits in the kernel, up to 32 MB of it, until somebody
/// reads: nobody is woken, so that a verb with its forty notifications pays only for their queueing. Read by one reader at a time.
/// </remarks>
public sealed class HostMonitor : IDisposable
{
    private const int NetlinkFamily = 16;   // AF_NETLINK
    private const int LargestNotification = 64 * 1024;
    private const int QueueBytes = 32 << 20;
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
    private readonly SafeFileHandle _route;
    private readonly SafeFileHandle _nftables;
    private readonly uint _ownPort;

    private HostMonitor(SafeFileHandle route, SafeFileHandle nftables, uint ownPort, bool seesOtherNamespaces)
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
    public static HostMonitor Open(NetworkNamespace host, NftSocket own) => Open(host, own, QueueBytes);

    /// <summary>Starts to follow a host with kernel queues of a given size.</summary>
    internal static HostMonitor Open(NetworkNamespace host, NftSocket own, int queueBytes)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(own);
        SafeFileHandle route = Open(host, NetlinkProtocol.Route, RouteGroups, queueBytes);
        try
        {
            int errno = SystemCalls.ListenToAllNamespaces(route);
            return errno is 0 or LinuxErrno.EPERM
                ? new HostMonitor(route, Open(host, NetlinkProtocol.Netfilter, NftablesGroup, queueBytes), own.Port, seesOtherNamespaces: errno == 0)
                : throw new KernelException("listen to all namespaces", string.Empty, errno);
        }
        catch
        {
            route.Dispose();
            throw;
        }
    }

    /// <summary>Reads all that has happened so far, without waiting.</summary>
    /// <returns>The changes, <see cref="HostChanges.None"/> when nothing has happened.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public HostChanges Read()
    {
        ObjectDisposedException.ThrowIf(_route.IsClosed, this);
        HostChangesReader? reader = null;
        Drain(_route, ref reader, static (reader, datagram, inside) => reader.AddRoute(datagram, inside));
        Drain(_nftables, ref reader, static (reader, datagram, _) => reader.AddNftables(datagram));
        return reader?.Complete() ?? HostChanges.None;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _route.Dispose();
        _nftables.Dispose();
    }

    private static SafeFileHandle Open(NetworkNamespace host, NetlinkProtocol protocol, uint groups, int queueBytes)
    {
        SafeFileHandle handle = new(host.OpenDescriptor(NetlinkFamily, LibC.SOCK_RAW, (int)protocol, "open host monitor"), ownsHandle: true);
        int errno = SystemCalls.PrepareNetlink(handle, groups);
        if (errno != 0)
        {
            handle.Dispose();
            throw new KernelException("open host monitor", host.Path ?? string.Empty, errno);
        }

        SystemCalls.SetReceiveBuffer(handle, queueBytes);
        return handle;
    }

    private void Drain(SafeFileHandle socket, ref HostChangesReader? reader, Action<HostChangesReader, ReadOnlySpan<byte>, int?> add)
    {
        while (true)
        {
            int length = SystemCalls.ReceiveFromAny(socket, _buffer, out int? inside, out int errno);
            if (errno == LinuxErrno.EAGAIN)
            {
                return;
            }

            reader ??= new HostChangesReader(_ownPort);
            if (length >= 0)
            {
                add(reader, _buffer.AsSpan(0, length), inside);
            }
            else if (errno == LinuxErrno.ENOBUFS)
            {
                reader.Changes.Overrun = true;   // until the queue is empty the kernel drops without a word, so it is emptied
            }
            else
            {
                throw new KernelException("read host monitor", string.Empty, errno);
            }
        }
    }
}

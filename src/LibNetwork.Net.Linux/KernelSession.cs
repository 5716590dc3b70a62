using System.Net;
using System.Text;
using LibNetwork.Linux.Conntrack;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Native;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Sockets;
using LibNetwork.Linux.WireGuard;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace LibNetwork.Linux;

/// <summary>What work may ask of the kernel in its turn. Valid only during <see cref="HostKernel.RunAsync"/>.</summary>
public sealed class KernelSession : IDisposable
{
    private const int ReceiveBufferBytes = 64 * 1024;   // the kernel's dumps come in parts of at most 32 KiB
    private const int MostPortsWithDescriptor = 256;   // their owner is found by tools; the strictest usual limit of a process is 1024 descriptors
    private const int SysctlValueBytes = 4096;   // a list of ports can be long

    private readonly byte[] _receiveBuffer = new byte[ReceiveBufferBytes];
    private readonly NetlinkBatch _batch = new();
    private readonly IKernelObserver? _observer;
    private readonly SocketPark _park = new(MostPortsWithDescriptor);
    private NftSocket? _nftables;
    private ConntrackSocket? _conntrack;
    private WireGuardSocket? _wireGuard;

    internal KernelSession(NetworkNamespace host, IKernelObserver? observer, LinkReaper reaper)
    {
        _observer = observer;
        HostNamespace = host;
        Reaper = reaper;
        Route = OpenRoute(host);
    }

    /// <summary>The host's namespace.</summary>
    public NetworkNamespace HostNamespace { get; }

    /// <summary>Links, addresses and routes of the host.</summary>
    public RtNetlink Route { get; }

    /// <summary>Packet rules of the host.</summary>
    /// <exception cref="KernelException">The socket could not be opened.</exception>
    public NftSocket Nftables => _nftables ??= OpenNftables(HostNamespace);

    /// <summary>Deletes links in the background.</summary>
    public LinkReaper Reaper { get; }

    /// <summary>Opens links, addresses and routes of another namespace. The caller disposes it; an open one keeps the namespace alive.</summary>
    public RtNetlink OpenRoute(NetworkNamespace inside) => new(OpenNetlink(inside, NetlinkProtocol.Route), _batch);

    /// <summary>Opens the packet rules of another namespace. The caller disposes it; an open one keeps the namespace alive.</summary>
    public NftSocket OpenNftables(NetworkNamespace inside) => new(OpenNetlink(inside, NetlinkProtocol.Netfilter), new NetlinkBatch());

    /// <summary>Flows of the host.</summary>
    /// <exception cref="KernelException">The socket could not be opened.</exception>
    public ConntrackSocket Conntrack => _conntrack ??= OpenConntrack(HostNamespace);

    /// <summary>Opens the flows of another namespace. The caller disposes it; an open one keeps the namespace alive.</summary>
    public ConntrackSocket OpenConntrack(NetworkNamespace inside) => new(OpenNetlink(inside, NetlinkProtocol.Netfilter), new NetlinkBatch());

    /// <summary>Keys and peers of the host's WireGuard links.</summary>
    /// <exception cref="KernelException">The socket could not be opened.</exception>
    public WireGuardSocket WireGuard => _wireGuard ??= OpenWireGuard(HostNamespace);

    /// <summary>Opens the WireGuard links of another namespace. The caller disposes it; an open one keeps the namespace alive.</summary>
    public WireGuardSocket OpenWireGuard(NetworkNamespace inside) => new(buffer => OpenNetlink(inside, NetlinkProtocol.Generic, buffer, _observer));

    /// <summary>Makes a namespace and pins it to <paramref name="path"/>.</summary>
    public NetworkNamespace CreateNamespace(string path)
    {
        if (HostNamespace.Substitute is not { } substitute)
        {
            return NetworkNamespace.CreatePinned(path, _observer);
        }

        _observer?.OnRequest(new KernelRequest("create network namespace", path) { IsChange = true });
        return new NetworkNamespace(substitute, substitute.CreateNamespace(path), path);
    }

    /// <summary>Opens a pinned namespace, or that of a process by <c>/proc/PID/ns/net</c>. The caller disposes it.</summary>
    /// <exception cref="KernelException">
    /// <see cref="LinuxErrno.ENOENT"/>: nothing is there. <see cref="LinuxErrno.EINVAL"/>: it is something else than a network namespace.
    /// </exception>
    public NetworkNamespace OpenNamespace(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return HostNamespace.Substitute is { } substitute
            ? new NetworkNamespace(substitute, substitute.OpenNamespace(path), path)
            : NetworkNamespace.Open(path);
    }

    /// <summary>Pins a namespace that somebody else made to <paramref name="path"/> as well.</summary>
    /// <returns>A hold of its own, by the new name.</returns>
    public NetworkNamespace PinNamespace(NetworkNamespace inside, string path)
    {
        ArgumentNullException.ThrowIfNull(inside);
        if (HostNamespace.Substitute is not { } substitute)
        {
            return NetworkNamespace.Pin(inside, path, _observer);
        }

        _observer?.OnRequest(new KernelRequest("mount", path) { IsChange = true });
        substitute.PinNamespace(inside.Descriptor, path);
        return new NetworkNamespace(substitute, inside.Descriptor, path);
    }

    /// <summary>Deletes the links that an earlier process had begun to make. Only for who has the host; see <see cref="HostKernel.ClaimAsync"/>.</summary>
    public void DeleteUnfinishedLinks()
    {
        Route.Batch.DeleteLinkGroup(LinkReaper.UnfinishedGroup);
        Route.Execute();
    }

    /// <summary>Takes the name off a pinned namespace.</summary>
    public void UnpinNamespace(string path)
    {
        if (HostNamespace.Substitute is not { } substitute)
        {
            NetworkNamespace.Unpin(path, _observer);
            return;
        }

        _observer?.OnRequest(new KernelRequest("unmount", path) { IsChange = true });
        substitute.UnpinNamespace(path);
    }

    /// <summary>Reads a kernel parameter of a namespace.</summary>
    /// <param name="inside">The namespace.</param>
    /// <param name="key">The path below <c>/proc/sys</c>, with slashes: <c>net/ipv4/ip_forward</c>.</param>
    /// <exception cref="KernelException">There is no such parameter.</exception>
    public unsafe string ReadSysctl(NetworkNamespace inside, string key)
    {
        ArgumentNullException.ThrowIfNull(inside);
        byte[] path = SysctlPath(key);
        if (inside.Substitute is { } substitute)
        {
            return substitute.ReadSysctl(inside.Descriptor, key);
        }

        Span<byte> value = stackalloc byte[SysctlValueBytes];
        fixed (byte* pathBytes = path, valueBytes = value)
        {
            using NetworkNamespace.Use use = inside.Begin();
            int read = NamespaceWindow.ReadFile(use.Descriptor, pathBytes, follows: false, valueBytes, value.Length, out int errno);
            return read >= 0 ? Encoding.UTF8.GetString(value[..read]).TrimEnd('\n') : throw new KernelException("read sysctl", key, errno);
        }
    }

    /// <summary>Writes a kernel parameter of a namespace.</summary>
    /// <param name="inside">The namespace.</param>
    /// <param name="key">The path below <c>/proc/sys</c>, with slashes.</param>
    /// <param name="value">The value, as text.</param>
    /// <exception cref="KernelException">There is no such parameter, it is read-only, or the kernel refused the value.</exception>
    public unsafe void WriteSysctl(NetworkNamespace inside, string key, string value)
    {
        ArgumentNullException.ThrowIfNull(inside);
        ArgumentNullException.ThrowIfNull(value);
        _observer?.OnRequest(new KernelRequest("write sysctl", key) { IsChange = true, Details = _observer.WantsDetails ? value : null, NamespacePath = inside.Path });
        byte[] path = SysctlPath(key);
        if (inside.Substitute is { } substitute)
        {
            substitute.WriteSysctl(inside.Descriptor, key, value);
            return;
        }

        byte[] bytes = SystemCalls.ToUtf8(value);
        fixed (byte* pathBytes = path, valueBytes = bytes)
        {
            using NetworkNamespace.Use use = inside.Begin();
            int errno = NamespaceWindow.WriteFile(use.Descriptor, pathBytes, valueBytes, bytes.Length - 1);
            if (errno != 0)
            {
                throw new KernelException("write sysctl", key, errno);
            }
        }
    }

    /// <summary>Takes a port of the host, so that no other socket can.</summary>
    /// <param name="protocol">The protocol above IP: 6 for TCP, 17 for UDP, 132 for SCTP.</param>
    /// <param name="address">Address and port; the unspecified address takes all of its family.</param>
    /// <param name="hearsNothing">Whether what arrives at the socket is dropped; otherwise <see cref="HeldPort.TakeSocket"/> gives it away.</param>
    /// <exception cref="KernelException">
    /// <see cref="LinuxErrno.EADDRINUSE"/>: it is taken. <see cref="LinuxErrno.EADDRNOTAVAIL"/>: the address is not the host's.
    /// </exception>
    public HeldPort HoldPort(byte protocol, IPEndPoint address, bool hearsNothing = true)
    {
        ArgumentNullException.ThrowIfNull(address);
        _observer?.OnRequest(new KernelRequest("hold port", address.ToString()) { IsChange = true, NamespacePath = HostNamespace.Path });
        return HostNamespace.Substitute is { } substitute
            ? new HeldPort(substitute.HoldPort(HostNamespace.Descriptor, protocol, address), protocol, address)
            : HeldPort.Open(_park, HostNamespace, protocol, address, hearsNothing);
    }

    /// <summary>Lists the host's sockets of a protocol that have a port and wait for peers.</summary>
    public IReadOnlyList<BoundSocket> ListSockets(byte protocol) => ListSockets(HostNamespace, protocol);

    /// <summary>Lists another namespace's sockets of a protocol that have a port and wait for peers.</summary>
    public IReadOnlyList<BoundSocket> ListSockets(NetworkNamespace inside, byte protocol)
    {
        ArgumentNullException.ThrowIfNull(inside);
        if (inside.Substitute is not null)
        {
            return [];   // nothing is bound there
        }

        using NetlinkSocket socket = OpenNetlink(inside, NetlinkProtocol.SocketDiag);
        return SocketList.Read(socket, protocol);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Route.Dispose();
        _nftables?.Dispose();
        _conntrack?.Dispose();
        _wireGuard?.Dispose();
        _park.Dispose();
    }

    internal void ThrowIfUnsent()
    {
        if (_batch.Count > 0)
        {
            throw new InvalidOperationException($"Work ended with {_batch.Count} changes that were not sent.");
        }
    }

    internal void ForgetUnsent() => _batch.Clear();

    internal NetlinkSocket OpenNetlink(NetworkNamespace inside, NetlinkProtocol protocol)
        => OpenNetlink(inside, protocol, _receiveBuffer, _observer);

    internal static NetlinkSocket OpenNetlink(NetworkNamespace inside, NetlinkProtocol protocol, byte[] receiveBuffer, IKernelObserver? observer)
    {
        ArgumentNullException.ThrowIfNull(inside);
        if (inside.Substitute is { } substitute)
        {
            return new NetlinkSocket(substitute.OpenNetlink(inside.Descriptor, protocol), protocol, receiveBuffer, observer, inside.Path);
        }

        const int NetlinkFamily = 16;   // AF_NETLINK
        int descriptor = inside.OpenDescriptor(NetlinkFamily, LibC.SOCK_RAW, (int)protocol, "open netlink socket");
        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        int errno = SystemCalls.PrepareNetlink(handle, multicastGroups: 0);
        if (errno != 0)
        {
            handle.Dispose();
            throw new KernelException("bind netlink socket", string.Empty, errno);
        }

        return new NetlinkSocket(new NetlinkDescriptor(handle), protocol, receiveBuffer, observer, inside.Path);
    }

    private static byte[] SysctlPath(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key[0] == '/' || key.Contains("..", StringComparison.Ordinal) || key.Contains('\0'))
        {
            throw new ArgumentException($"\"{key}\" is not a path below /proc/sys.", nameof(key));
        }

        return SystemCalls.ToUtf8("/proc/sys/" + key);
    }
}

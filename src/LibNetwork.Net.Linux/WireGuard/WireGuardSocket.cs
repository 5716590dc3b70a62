using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;
using static LibNetwork.Linux.WireGuard.WireGuardConstants;

namespace LibNetwork.Linux.WireGuard;

/// <summary>Keys and peers of the WireGuard links of one network namespace. Used on one thread at a time.</summary>
/// <remarks>Private keys are made here and known to nobody but the kernel afterwards: buffers that held one are wiped.</remarks>
public sealed class WireGuardSocket : IDisposable
{
    private const int PeersPerMessage = 20;   // of 150 bytes each
    private const int MessagesPerSend = 16;

    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch = new();
    private readonly byte[] _receiveBuffer;
    private ushort _family;   // 0: not asked for yet

    internal WireGuardSocket(Func<byte[], NetlinkSocket> open)
    {
        const int ReceiveBufferBytes = 32 * 1024;   // the kernel's dumps come in parts of at most that
        _receiveBuffer = new byte[ReceiveBufferBytes];
        _socket = open(_receiveBuffer);
    }

    /// <summary>Gives a link a private key that nobody has seen, and a port to listen at.</summary>
    /// <param name="index">The link.</param>
    /// <param name="port">The UDP port. On a link that is up, one that is taken is an error (<see cref="LinuxErrno.EADDRINUSE"/>).</param>
    /// <exception cref="KernelException">The kernel refused, or has no WireGuard (<see cref="LinuxErrno.ENOENT"/>).</exception>
    public void GiveNewKey(int index, ushort port)
    {
        Span<byte> secret = stackalloc byte[WG_KEY_LEN];
        try
        {
            RandomNumberGenerator.Fill(secret);
            NetlinkMessageWriter writer = Begin(WG_CMD_SET_DEVICE, NetlinkFlags.None, "set wireguard key", index);
            writer.WriteAttribute(WGDEVICE_A_PRIVATE_KEY, secret);   // the kernel clamps it
            writer.WriteAttribute(WGDEVICE_A_LISTEN_PORT, port);
            _batch.End(ref writer);
            _socket.Execute(_batch);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            Wipe();   // a refusal quotes the request
        }
    }

    /// <summary>Adds peers to a link, or changes those that are there.</summary>
    /// <exception cref="KernelException">The kernel refused; some may be there all the same.</exception>
    public void SetPeers(int index, IReadOnlyList<WireGuardPeerSpec> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        Send(index, "set wireguard peers", peers, static (ref NetlinkMessageWriter writer, WireGuardPeerSpec peer) => Write(ref writer, peer));
    }

    /// <summary>Removes peers from a link; those that are not there are not an error.</summary>
    /// <exception cref="KernelException">The kernel refused; some may be gone all the same.</exception>
    public void RemovePeers(int index, IReadOnlyList<WireGuardKey> peers)
    {
        ArgumentNullException.ThrowIfNull(peers);
        Send(index, "remove wireguard peers", peers, static (ref NetlinkMessageWriter writer, WireGuardKey peer) =>
        {
            WriteKey(ref writer, peer);
            writer.WriteAttribute(WGPEER_A_FLAGS, WGPEER_F_REMOVE_ME);
        });
    }

    /// <summary>Reads a link's public key, port and peers.</summary>
    /// <returns><see langword="null"/> when there is no such link, or it is of another kind.</returns>
    /// <exception cref="KernelException">The kernel refused, or has no WireGuard.</exception>
    public WireGuardDeviceInfo? Read(int index)
    {
        try
        {
            NetlinkMessageWriter writer = Begin(WG_CMD_GET_DEVICE, NetlinkFlags.Dump, "read wireguard link", index);
            _batch.End(ref writer);
            return Join(_socket.Dump(_batch, WireGuardParser.Device));
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.ENODEV or LinuxErrno.EOPNOTSUPP)
        {
            return null;
        }
        finally
        {
            Wipe();   // the answer has the private key
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private delegate void PeerWriter<in T>(ref NetlinkMessageWriter writer, T peer);

    private void Send<T>(int index, string operation, IReadOnlyList<T> peers, PeerWriter<T> write)
    {
        foreach (T[] some in peers.Chunk(PeersPerMessage))
        {
            NetlinkMessageWriter writer = Begin(WG_CMD_SET_DEVICE, NetlinkFlags.None, operation, index);
            NestedStart list = writer.BeginNested(WGDEVICE_A_PEERS);
            foreach (T peer in some)
            {
                NestedStart nest = writer.BeginNested(0);
                write(ref writer, peer);
                writer.EndNested(nest);
            }

            writer.EndNested(list);
            _batch.End(ref writer);
            if (_batch.Count == MessagesPerSend)
            {
                _socket.Execute(_batch);
            }
        }

        if (_batch.Count > 0)
        {
            _socket.Execute(_batch);
        }
    }

    private static void Write(ref NetlinkMessageWriter writer, WireGuardPeerSpec peer)
    {
        WriteKey(ref writer, peer.PublicKey);
        writer.WriteAttribute(WGPEER_A_FLAGS, peer.AllowedNetworks is null ? 0 : WGPEER_F_REPLACE_ALLOWEDIPS);
        if (peer.EndPoint is { } endPoint)
        {
            WriteEndPoint(ref writer, endPoint);
        }

        if (peer.Keepalive is { } keepalive)
        {
            writer.WriteAttribute(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, checked((ushort)keepalive.TotalSeconds));
        }

        if (peer.AllowedNetworks is not { Count: > 0 } networks)
        {
            return;
        }

        NestedStart list = writer.BeginNested(WGPEER_A_ALLOWEDIPS);
        foreach (IPNetwork network in networks)
        {
            NestedStart nest = writer.BeginNested(0);
            writer.WriteAttribute(WGALLOWEDIP_A_FAMILY, (ushort)RtNetlinkBatch.Family(network.BaseAddress));
            RtNetlinkBatch.WriteAddress(ref writer, WGALLOWEDIP_A_IPADDR, network.BaseAddress);
            writer.WriteAttribute(WGALLOWEDIP_A_CIDR_MASK, (byte)network.PrefixLength);
            writer.EndNested(nest);
        }

        writer.EndNested(list);
    }

    private static void WriteKey(ref NetlinkMessageWriter writer, WireGuardKey key)
    {
        Span<byte> bytes = stackalloc byte[WG_KEY_LEN];
        key.CopyTo(bytes);
        writer.WriteAttribute(WGPEER_A_PUBLIC_KEY, bytes);
    }

    private static void WriteEndPoint(ref NetlinkMessageWriter writer, IPEndPoint endPoint)
    {
        const int IPv4Size = 16, IPv6Size = 28, IPv4Offset = 4, IPv6Offset = 8;   // struct sockaddr_in and sockaddr_in6
        bool isIPv4 = endPoint.AddressFamily == AddressFamily.InterNetwork;
        Span<byte> address = stackalloc byte[IPv6Size];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)RtNetlinkBatch.Family(endPoint.Address));
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(address[(isIPv4 ? IPv4Offset : IPv6Offset)..], out _);   // never fails: there is room for either family
        writer.WriteAttribute(WGPEER_A_ENDPOINT, address[..(isIPv4 ? IPv4Size : IPv6Size)]);
    }

    private static WireGuardDeviceInfo? Join(IReadOnlyList<WireGuardDeviceInfo> parts)
    {
        if (parts.Count == 0 || parts[0].Index == 0)
        {
            return null;
        }

        // A peer whose addresses do not fit into a message goes on in the next.
        IEnumerable<WireGuardPeerInfo> peers = parts.SelectMany(static part => part.Peers).GroupBy(static peer => peer.PublicKey)
            .Select(static pieces => pieces.First() with { AllowedNetworks = [.. pieces.SelectMany(static piece => piece.AllowedNetworks)] });
        return parts[0] with { Peers = [.. peers] };
    }

    private NetlinkMessageWriter Begin(byte command, NetlinkFlags flags, string operation, int index)
    {
        _family = _family == 0 ? FindFamily() : _family;
        NetlinkMessageWriter writer = _batch.BeginAbout(_family, flags, operation, subject: null, index);
        Span<byte> header = writer.WriteFamilyHeader(GenericHeaderSize);
        header[0] = command;
        header[1] = WG_GENL_VERSION;
        writer.WriteAttribute(WGDEVICE_A_IFINDEX, index);
        return writer;
    }

    private ushort FindFamily()
    {
        NetlinkMessageWriter writer = _batch.Begin(GENL_ID_CTRL, NetlinkFlags.None, "find netlink family", WG_GENL_NAME);
        Span<byte> header = writer.WriteFamilyHeader(GenericHeaderSize);
        header[0] = CTRL_CMD_GETFAMILY;
        header[1] = 1;   // the interface's version
        writer.WriteString(CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME);
        _batch.End(ref writer);
        return _socket.Query(_batch, ReadFamily)?.Id ?? throw new KernelException("find netlink family", WG_GENL_NAME, LinuxErrno.ENOENT);
    }

    private static Family? ReadFamily(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(GenericHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == CTRL_ATTR_FAMILY_ID)
            {
                return new Family(attribute.AsUInt16());
            }
        }

        return null;
    }

    private void Wipe()
    {
        _batch.Wipe();
        CryptographicOperations.ZeroMemory(_receiveBuffer);
    }

    private sealed record Family(ushort Id);
}

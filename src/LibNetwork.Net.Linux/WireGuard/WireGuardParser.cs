using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Rtnetlink;
using static LibNetwork.Linux.WireGuard.WireGuardConstants;

namespace LibNetwork.Linux.WireGuard;

/// <summary>Reads what the kernel says of WireGuard links. Private keys are not looked at.</summary>
internal static class WireGuardParser
{
    private const int IPv4SocketAddressSize = 16, IPv6SocketAddressSize = 28;

    /// <summary>A device, or more peers of one: many come in several messages, of which only the first has an index.</summary>
    public static WireGuardDeviceInfo? Device(in NetlinkMessage message)
    {
        WireGuardDeviceInfo device = new() { Index = 0 };
        List<WireGuardPeerInfo> peers = [];
        NetlinkAttributeReader attributes = message.Attributes(GenericHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case WGDEVICE_A_IFINDEX:
                    device = device with { Index = attribute.AsInt32() };
                    break;
                case WGDEVICE_A_PUBLIC_KEY:
                    device = device with { PublicKey = Key(attribute) };
                    break;
                case WGDEVICE_A_LISTEN_PORT:
                    device = device with { ListenPort = attribute.AsUInt16() };
                    break;
                case WGDEVICE_A_PEERS:
                    NetlinkAttributeReader list = attribute.Nested();
                    while (list.TryRead(out NetlinkAttribute peer))
                    {
                        peers.Add(Peer(peer));
                    }

                    break;
            }
        }

        return device with { Peers = peers };
    }

    private static WireGuardPeerInfo Peer(in NetlinkAttribute nest)
    {
        WireGuardPeerInfo peer = new() { PublicKey = default };
        List<IPNetwork> allowed = [];
        NetlinkAttributeReader attributes = nest.Nested();
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case WGPEER_A_PUBLIC_KEY:
                    peer = peer with { PublicKey = Key(attribute) };
                    break;
                case WGPEER_A_ENDPOINT:
                    peer = peer with { EndPoint = EndPoint(attribute.Payload) };
                    break;
                case WGPEER_A_LAST_HANDSHAKE_TIME:
                    peer = peer with { LastHandshake = Time(attribute) };
                    break;
                case WGPEER_A_ALLOWEDIPS:
                    NetlinkAttributeReader list = attribute.Nested();
                    while (list.TryRead(out NetlinkAttribute network))
                    {
                        allowed.Add(Network(network));
                    }

                    break;
            }
        }

        return peer with { AllowedNetworks = allowed };
    }

    private static WireGuardKey Key(in NetlinkAttribute attribute)
    {
        if (attribute.Payload.Length != WG_KEY_LEN)
        {
            ThrowHelper.ThrowMalformed($"a public key has {attribute.Payload.Length} bytes");
        }

        return new WireGuardKey(attribute.Payload);
    }

    private static IPEndPoint? EndPoint(ReadOnlySpan<byte> address)
    {
        const int PortOffset = 2, IPv4Offset = 4, IPv6Offset = 8;   // struct sockaddr_in and sockaddr_in6
        int size = address.Length;
        if (size is not (IPv4SocketAddressSize or IPv6SocketAddressSize))
        {
            ThrowHelper.ThrowMalformed($"a peer's end point has {size} bytes");
        }

        int port = (address[PortOffset] << 8) | address[PortOffset + 1];
        return MemoryMarshal.Read<ushort>(address) switch
        {
            RtNetlinkConstants.AF_INET => new IPEndPoint(new IPAddress(address.Slice(IPv4Offset, 4)), port),
            RtNetlinkConstants.AF_INET6 when size == IPv6SocketAddressSize => new IPEndPoint(new IPAddress(address.Slice(IPv6Offset, 16)), port),
            _ => null,   // nobody knows
        };
    }

    private static DateTimeOffset? Time(in NetlinkAttribute attribute)
    {
        long seconds = (long)attribute.AsUInt64();   // struct __kernel_timespec
        return seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    private static IPNetwork Network(in NetlinkAttribute nest)
    {
        IPAddress? address = null;
        byte length = 0;
        NetlinkAttributeReader attributes = nest.Nested();
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case WGALLOWEDIP_A_IPADDR when attribute.Payload.Length is 4 or 16:
                    address = new IPAddress(attribute.Payload);
                    break;
                case WGALLOWEDIP_A_CIDR_MASK:
                    length = attribute.AsByte();
                    break;
            }
        }

        if (address is null || length > (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            ThrowHelper.ThrowMalformed($"a peer is allowed {address}/{length}");
        }

        return new IPNetwork(address, length);
    }
}

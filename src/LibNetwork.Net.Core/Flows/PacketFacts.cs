using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>What a rule can load about a packet beside its bytes.</summary>
/// <remarks><see langword="null"/> is what the kernel does not have: the rule then does not match.</remarks>
internal static class PacketFacts
{
    private const int NameBytes = 16;   // IFNAMSIZ
    private const byte AddressFamily4 = 2, AddressFamily6 = 10;   // AF_INET, AF_INET6
    private const ushort Ethernet = 1, Loopback = 772;   // ARPHRD_*

    public static KnownBytes? Meta(Packet packet, NftMetaKey key) => key switch
    {
        NftMetaKey.IifName => Name(packet.Input),
        NftMetaKey.OifName => Name(packet.Output),
        NftMetaKey.IifIndex => Number((uint)(packet.Input?.Index ?? 0)),
        NftMetaKey.OifIndex => Number((uint)(packet.Output?.Index ?? 0)),
        NftMetaKey.IifGroup => packet.Input is { } input ? Number(input.Group) : null,
        NftMetaKey.OifGroup => packet.Output is { } output ? Number(output.Group) : null,
        NftMetaKey.IifType => Hardware(packet.Input),
        NftMetaKey.OifType => Hardware(packet.Output),
        NftMetaKey.BridgeIifName or NftMetaKey.BridgeOifName => packet.Bridge is { } bridge ? Name(bridge) : null,
        NftMetaKey.NfProto => new KnownBytes((byte)(packet.IsIPv4 ? NftFamily.IPv4 : NftFamily.IPv6)),
        NftMetaKey.L4Proto => new KnownBytes((byte)packet.Protocol),
        NftMetaKey.Protocol => BigEndian(PacketHeaders.EtherType(packet)),
        NftMetaKey.Mark => Mark(packet.Mark),
        NftMetaKey.NfTrace => new KnownBytes((byte)0),
        NftMetaKey.PacketType => packet.Bridge is null ? new KnownBytes((byte)0) : KnownBytes.Unknown(1),   // for this host

        // A packet that came in has no socket.
        NftMetaKey.SocketUser or NftMetaKey.SocketGroup or NftMetaKey.CGroup => packet.Input is null ? KnownBytes.Unknown(sizeof(uint)) : null,
        _ => KnownBytes.Unknown(NameBytes),
    };

    public static KnownBytes? Ct(Packet packet, NftCtKey key, NftCtDirection? direction)
    {
        if (key == NftCtKey.State)
        {
            return Number((uint)(packet.IsUntracked ? NftCtState.Untracked : !packet.IsTracked ? NftCtState.Invalid : packet.IsAnswer ? NftCtState.Established : NftCtState.New));
        }

        if (!packet.IsTracked || packet.IsUntracked)
        {
            return null;
        }

        Packet first = packet.First ?? packet;
        (IPAddress source, IPAddress destination, ushort? sourcePort, ushort destinationPort) = first.Original ?? first.Tuple;
        NftCtStatus status = first.Status | (packet.IsAnswer ? NftCtStatus.SeenReply | NftCtStatus.Confirmed : NftCtStatus.None);
        return key switch
        {
            NftCtKey.Direction => new KnownBytes((byte)(packet.IsAnswer ? NftCtDirection.Reply : NftCtDirection.Original)),
            NftCtKey.Status => new KnownBytes((byte)status, null, null, null),
            NftCtKey.Mark => Mark(first.FlowMark),
            NftCtKey.L3Protocol => new KnownBytes((byte)(packet.IsIPv4 ? AddressFamily4 : AddressFamily6)),
            NftCtKey.Protocol => new KnownBytes((byte)packet.Protocol),
            _ when direction != NftCtDirection.Original => KnownBytes.Unknown(NameBytes),
            NftCtKey.SourceIPv4 or NftCtKey.SourceIPv6 => Address(source, key == NftCtKey.SourceIPv4),
            NftCtKey.DestinationIPv4 or NftCtKey.DestinationIPv6 => Address(destination, key == NftCtKey.DestinationIPv4),
            NftCtKey.SourcePort => sourcePort is { } port ? BigEndian(port) : KnownBytes.Unknown(sizeof(ushort)),
            NftCtKey.DestinationPort => BigEndian(destinationPort),
            _ => KnownBytes.Unknown(NameBytes),
        };
    }

    public static KnownBytes Fib(Packet packet, NftFibExpression fib, IRouting routing)
    {
        IPAddress address = (fib.Flags & NftFibFlags.SourceAddress) != 0 ? packet.Source : packet.Destination;
        LinkInfo? link = (fib.Flags & NftFibFlags.Iif) != 0 ? packet.Input : (fib.Flags & NftFibFlags.Oif) != 0 ? packet.Output : null;
        if (fib.Result == NftFibResult.AddressType)
        {
            return Number((uint)routing.TypeOf(address, link));
        }

        LinkInfo? way = routing.WayTo(address, link);
        return (fib.Flags & NftFibFlags.Present) != 0 ? new KnownBytes((byte)(way is null ? 0 : 1))
            : fib.Result == NftFibResult.OifName ? Name(way)
            : Number((uint)(way?.Index ?? 0));
    }

    // Without an interface the kernel compares with an empty name.
    private static KnownBytes Name(LinkInfo? link)
    {
        Span<byte> bytes = stackalloc byte[NameBytes];
        bytes.Clear();
        Encoding.UTF8.GetBytes(link?.Name ?? string.Empty, bytes);
        return KnownBytes.Of(bytes);
    }

    private static KnownBytes? Hardware(LinkInfo? link) => link switch
    {
        null => null,
        { Name: "lo" } => Native(Loopback),
        { Kind: "bridge" or "veth" or "macvlan" or "dummy" } => Native(Ethernet),
        _ => KnownBytes.Unknown(sizeof(ushort)),
    };

    private static KnownBytes? Address(IPAddress address, bool isIPv4)
        => isIPv4 == (address.AddressFamily == AddressFamily.InterNetwork) ? KnownBytes.Of(address.GetAddressBytes()) : null;

    private static KnownBytes Number(uint value) => KnownBytes.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    private static KnownBytes Mark(uint? mark) => mark is { } known ? Number(known) : KnownBytes.Unknown(sizeof(uint));

    private static KnownBytes Native(ushort value) => KnownBytes.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(in value)));

    private static KnownBytes BigEndian(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return KnownBytes.Of(bytes);
    }
}

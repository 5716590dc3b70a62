using System.Buffers.Binary;
using System.Net.NetworkInformation;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>The bytes of a packet's headers, as far as they are known.</summary>
internal static class PacketHeaders
{
    private const int HardwareAddressBytes = 6;
    private const int IPv4ProtocolOffset = 9, IPv6NextHeaderOffset = 6, TcpFlagsOffset = 13;
    private const byte Syn = 0x02, SynAck = 0x12, IPv4WithoutOptions = 0x45;
    private const ushort EtherTypeIPv4 = 0x0800, EtherTypeIPv6 = 0x86DD;

    public static ushort EtherType(Packet packet) => packet.IsIPv4 ? EtherTypeIPv4 : EtherTypeIPv6;

    /// <returns>The header, or <see langword="null"/> when the packet has none.</returns>
    public static KnownBytes? Of(Packet packet, NftPayloadBase header) => header switch
    {
        NftPayloadBase.Link => packet.HasFrame ? Link(packet) : null,
        NftPayloadBase.Network => Network(packet),
        NftPayloadBase.Transport => Transport(packet),
        _ => KnownBytes.Unknown(0),
    };

    private static KnownBytes Link(Packet packet)
        => Hardware(packet.HardwareDestination).Concat(Hardware(packet.HardwareSource)).Concat(Number(EtherType(packet)));

    private static KnownBytes Network(Packet packet)
    {
        byte?[] first = new byte?[packet.IsIPv4 ? 12 : 8];   // what is before the addresses
        first[packet.IsIPv4 ? IPv4ProtocolOffset : IPv6NextHeaderOffset] = (byte)packet.Protocol;
        first[0] = packet.IsIPv4 ? IPv4WithoutOptions : null;
        return new KnownBytes(first).Concat(KnownBytes.Of(packet.Source.GetAddressBytes())).Concat(KnownBytes.Of(packet.Destination.GetAddressBytes()));
    }

    private static KnownBytes Transport(Packet packet)
    {
        KnownBytes ports = (packet.SourcePort is { } port ? Number(port) : KnownBytes.Unknown(sizeof(ushort))).Concat(Number(packet.DestinationPort));
        byte?[] rest = new byte?[TcpFlagsOffset + 1 - ports.Length];
        rest[^1] = packet.Protocol != TransportProtocol.Tcp ? null : packet.IsAnswer ? SynAck : Syn;
        return ports.Concat(new KnownBytes(rest));
    }

    private static KnownBytes Hardware(PhysicalAddress? address)
        => address is null ? KnownBytes.Unknown(HardwareAddressBytes) : KnownBytes.Of(address.GetAddressBytes());

    private static KnownBytes Number(ushort value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return KnownBytes.Of(bytes);
    }
}

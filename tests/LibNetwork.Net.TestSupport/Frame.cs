using System.Buffers.Binary;
using System.Net;

namespace LibNetwork.TestSupport;

/// <summary>Ethernet frames byte by byte, so that a test can say what no socket would.</summary>
public static class Frame
{
    public const ushort IPv4 = 0x0800, Arp = 0x0806, IPv6 = 0x86DD;
    public const byte Icmp = 1, Igmp = 2, Udp = 17, IcmpV6 = 58;

    public static byte[] Ethernet(MacAddress from, MacAddress to, ushort type, params byte[] content)
        => [.. Bytes(to), .. Bytes(from), .. Number(type), .. content];

    public static byte[] OverIPv4(IPAddress from, IPAddress to, byte protocol, params byte[] content)
    {
        byte[] packet =
        [
            0x45, 0, .. Number(20 + content.Length), 0, 1, 0, 0, 64, protocol, 0, 0, .. from.GetAddressBytes(), .. to.GetAddressBytes(), .. content,
        ];
        int sum = 0;
        for (int i = 0; i < 20; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~((sum & 0xffff) + (sum >> 16)));
        return packet;
    }

    public static byte[] OverIPv6(IPAddress from, IPAddress to, byte nextHeader, params byte[] content)
        => [0x60, 0, 0, 0, .. Number(content.Length), nextHeader, 255, .. from.GetAddressBytes(), .. to.GetAddressBytes(), .. content];

    public static byte[] Datagram(ushort from, ushort to) => [.. Number(from), .. Number(to), 0, 8, 0, 0];

    public static byte[] ArpMessage(ushort operation, MacAddress sender, IPAddress senderAddress, IPAddress targetAddress)
        => [0, 1, 0x08, 0, 6, 4, .. Number(operation), .. Bytes(sender), .. senderAddress.GetAddressBytes(), 0, 0, 0, 0, 0, 0, .. targetAddress.GetAddressBytes()];

    /// <summary>A neighbour solicitation (135), advertisement (136) or other message of ICMPv6 that begins with an address.</summary>
    public static byte[] About(byte type, IPAddress target, params byte[] options) => [type, 0, 0, 0, 0, 0, 0, 0, .. target.GetAddressBytes(), .. options];

    /// <summary>An option of neighbour discovery with a hardware address: 1 for the source's, 2 for the target's.</summary>
    public static byte[] HardwareOption(byte type, MacAddress address) => [type, 1, .. Bytes(address)];

    public static byte[] Bytes(MacAddress address)
    {
        byte[] bytes = new byte[6];
        address.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Number(int number) => [(byte)(number >> 8), (byte)number];
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Frames that ask for a TCP connection at port 0, where nobody can listen: a kernel that gets one undamaged refuses it, and drops it otherwise.</summary>
internal static class ProbeFrame
{
    /// <summary>Where the checksum is in TCP's header.</summary>
    public const ushort ChecksumOffset = 16;

    private const int EthernetSize = 14, IPv4Size = 20, IPv6Size = 40, TcpSize = 20;
    private const ushort IPv4Type = 0x0800, IPv6Type = 0x86DD;
    private const byte Tcp = 6, Syn = 0x02, HopLimit = 64;

    /// <summary>Accepts TCP from port 0 over IPv4 and IPv6 without options: classic BPF.</summary>
    public static ReadOnlySpan<ulong> AnswerFilter =>
    [
        LoadHalf | (12ul << K),
        Equal | (0ul << True) | (4ul << False) | ((ulong)IPv4Type << K),
        LoadByte | ((EthernetSize + 9ul) << K),
        Equal | (0ul << True) | (8ul << False) | ((ulong)Tcp << K),
        LoadHalf | ((EthernetSize + IPv4Size + 0ul) << K),
        Equal | (5ul << True) | (6ul << False),
        Equal | (0ul << True) | (5ul << False) | ((ulong)IPv6Type << K),
        LoadByte | ((EthernetSize + 6ul) << K),
        Equal | (0ul << True) | (3ul << False) | ((ulong)Tcp << K),
        LoadHalf | ((EthernetSize + IPv6Size + 0ul) << K),
        Equal | (0ul << True) | (1ul << False),
        Return | (0xfffful << K),
        Return,
    ];

    private const ulong LoadHalf = 0x28, LoadByte = 0x30, Equal = 0x15, Return = 0x06;
    private const int True = 16, False = 24, K = 32;

    /// <summary>Builds a frame.</summary>
    /// <param name="from">The sender's hardware address.</param>
    /// <param name="to">The receiver's hardware address.</param>
    /// <param name="source">The sender's address.</param>
    /// <param name="destination">The receiver's address, of the same family.</param>
    /// <param name="port">The port that the answer is sent to.</param>
    /// <param name="isSummed">Whether TCP's checksum is whole; otherwise it is only begun, for an interface to finish.</param>
    public static byte[] Build(MacAddress from, MacAddress to, IPAddress source, IPAddress destination, ushort port, bool isSummed)
    {
        bool isIPv4 = source.AddressFamily == AddressFamily.InterNetwork;
        int tcp = SumStart(source.AddressFamily);
        byte[] frame = new byte[tcp + TcpSize];
        to.ToPhysicalAddress().GetAddressBytes().CopyTo(frame, 0);
        from.ToPhysicalAddress().GetAddressBytes().CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), isIPv4 ? IPv4Type : IPv6Type);
        Span<byte> ip = frame.AsSpan(EthernetSize, tcp - EthernetSize);
        int addresses;
        if (isIPv4)
        {
            ip[0] = 0x45;   // version and length
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], IPv4Size + TcpSize);
            ip[6] = 0x40;   // not to be cut
            ip[8] = HopLimit;
            ip[9] = Tcp;
            addresses = 12;
        }
        else
        {
            ip[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], TcpSize);
            ip[6] = Tcp;
            ip[7] = HopLimit;
            addresses = 8;
        }

        source.GetAddressBytes().CopyTo(ip[addresses..]);
        destination.GetAddressBytes().CopyTo(ip[(addresses + source.GetAddressBytes().Length)..]);
        uint pseudo = Sum(ip[addresses..]) + Tcp + TcpSize;
        if (isIPv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~Fold(Sum(ip)));
        }

        Span<byte> header = frame.AsSpan(tcp);
        BinaryPrimitives.WriteUInt16BigEndian(header, port);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], port);   // the sequence number; any will do
        header[12] = (TcpSize / 4) << 4;
        header[13] = Syn;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], 1024);   // the window
        ushort sum = isSummed ? (ushort)~Fold(pseudo + Sum(header)) : Fold(pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], sum);
        return frame;
    }

    /// <summary>Where what TCP's checksum is about begins.</summary>
    public static ushort SumStart(AddressFamily family) => (ushort)(EthernetSize + (family == AddressFamily.InterNetwork ? IPv4Size : IPv6Size));

    /// <summary>The port that an answer is for; <see langword="null"/> when it is none.</summary>
    public static ushort? ReadAnswer(ReadOnlySpan<byte> frame)
    {
        const int DestinationPort = 2;
        if (frame.Length < EthernetSize)
        {
            return null;
        }

        int tcp = SumStart(BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == IPv4Type ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
        return frame.Length < tcp + TcpSize ? null : BinaryPrimitives.ReadUInt16BigEndian(frame[(tcp + DestinationPort)..]);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i + 1 < bytes.Length; i += 2)   // all that is summed here has an even length
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        return sum;
    }

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }
}

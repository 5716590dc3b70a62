using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>Names as messages hold them: labels with their lengths, a zero at the end, perhaps a pointer to an earlier name instead.</summary>
internal static class DnsNameReader
{
    /// <summary>Measures a name without pointers, as questions have it.</summary>
    /// <returns>Its bytes with the zero, or -1 when it is none.</returns>
    public static int MeasurePlain(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position < bytes.Length && position < DnsWire.MaxNameBytes)
        {
            int length = bytes[position++];
            if (length == 0)
            {
                return position;
            }

            if (length > DnsWire.MaxLabelBytes)
            {
                return -1;
            }

            position += length;
        }

        return -1;
    }

    /// <summary>Steps over a name; pointers are not followed.</summary>
    /// <returns>Where the next field begins, or -1 when the message ends before.</returns>
    public static int Skip(ReadOnlySpan<byte> message, int position)
    {
        while (position < message.Length)
        {
            int length = message[position];
            if ((length & DnsWire.PointerMask) == DnsWire.PointerMask)
            {
                return position + 2 <= message.Length ? position + 2 : -1;
            }

            if (length > DnsWire.MaxLabelBytes)
            {
                return -1;
            }

            position += 1 + length;
            if (length == 0)
            {
                return position;
            }
        }

        return -1;
    }

    /// <summary>Unpacks a name into lower-case labels without the final zero.</summary>
    /// <returns>The bytes written, or -1 when it is malformed or its pointers go in circles.</returns>
    public static int Unpack(ReadOnlySpan<byte> message, int position, Span<byte> target)
    {
        int written = 0, limit = position;
        while (position < message.Length)
        {
            int length = message[position];
            if (length == 0)
            {
                return written;
            }

            if ((length & DnsWire.PointerMask) == DnsWire.PointerMask)
            {
                // A pointer leads to what was before the name, and the next one before that: so the chain ends.
                if (position + 2 > message.Length)
                {
                    return -1;
                }

                int pointed = BinaryPrimitives.ReadUInt16BigEndian(message[position..]) & 0x3fff;
                if (pointed >= limit)
                {
                    return -1;
                }

                position = limit = pointed;
                continue;
            }

            if (length > DnsWire.MaxLabelBytes || position + 1 + length > message.Length || written + 1 + length > DnsWire.MaxNameBytes - 1)
            {
                return -1;
            }

            Lower(message.Slice(position, 1 + length), target[written..]);
            written += 1 + length;
            position += 1 + length;
        }

        return -1;
    }

    /// <summary>Copies labels in lower case. Lengths are below the letters, so that they stay.</summary>
    public static void Lower(ReadOnlySpan<byte> labels, Span<byte> target)
    {
        for (int index = 0; index < labels.Length; index++)
        {
            byte value = labels[index];
            target[index] = (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;
        }
    }

    /// <summary>The text of labels, with what is not printable as <c>\123</c>.</summary>
    public static string Print(ReadOnlySpan<byte> labels)
    {
        StringBuilder text = new(labels.Length);
        int position = 0;
        while (position < labels.Length && labels[position] is > 0 and <= DnsWire.MaxLabelBytes && position + 1 + labels[position] <= labels.Length)
        {
            int length = labels[position];
            if (position > 0)
            {
                text.Append('.');
            }

            foreach (byte value in labels.Slice(position + 1, length))
            {
                _ = value is > 0x20 and < 0x7f and not (byte)'.' and not (byte)'\\'
                    ? text.Append((char)value)
                    : text.Append(CultureInfo.InvariantCulture, $"\\{value:d3}");
            }

            position += 1 + length;
        }

        return text.Length == 0 ? "." : text.ToString();
    }

    /// <summary>Reads the address out of a lower-case reverse name (<c>4.3.2.1.in-addr.arpa</c>, <c>...ip6.arpa</c>).</summary>
    public static bool TryReadReverse(ReadOnlySpan<byte> labels, out UInt128 address)
    {
        ReadOnlySpan<byte> ipv4 = "\u0007in-addr\u0004arpa"u8, ipv6 = "\u0003ip6\u0004arpa"u8;
        address = default;
        return labels.EndsWith(ipv4)
            ? TryReadIPv4(labels[..^ipv4.Length], ref address)
            : labels.EndsWith(ipv6) && TryReadIPv6(labels[..^ipv6.Length], ref address);
    }

    /// <summary>An address as a number; IPv4 is mapped into IPv6.</summary>
    public static UInt128 NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static bool TryReadIPv4(ReadOnlySpan<byte> labels, ref UInt128 address)
    {
        const int Octets = 4;
        uint value = 0;
        for (int octet = 0; octet < Octets; octet++)
        {
            if (labels.IsEmpty || labels[0] is 0 or > 3 || labels.Length < 1 + labels[0])
            {
                return false;
            }

            ReadOnlySpan<byte> digits = labels.Slice(1, labels[0]);
            if (!byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) || (digits.Length > 1 && digits[0] == '0'))
            {
                return false;
            }

            value |= (uint)number << (8 * octet);
            labels = labels[(1 + digits.Length)..];
        }

        address = new UInt128(0, 0xffff_0000_0000UL | value);
        return labels.IsEmpty;
    }

    private static bool TryReadIPv6(ReadOnlySpan<byte> labels, ref UInt128 address)
    {
        const int Nibbles = 32;
        if (labels.Length != 2 * Nibbles)
        {
            return false;
        }

        UInt128 value = 0;
        for (int nibble = Nibbles - 1; nibble >= 0; nibble--)
        {
            int digit = HexDigit(labels[(2 * nibble) + 1]);
            if (labels[2 * nibble] != 1 || digit < 0)
            {
                return false;
            }

            value = (value << 4) | (UInt128)(uint)digit;
        }

        address = value;
        return true;
    }

    private static int HexDigit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        _ => -1,
    };
}

using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace LibNetwork.Linux.Nftables.Script;

/// <summary>Values and strings in nft's language.</summary>
internal static class NftScriptText
{
    private static Dictionary<ushort, string> EtherTypes { get; } = new() { [0x0800] = "ip", [0x86dd] = "ip6", [0x0806] = "arp" };

    /// <summary>A string in quotes, in which the language knows no escape.</summary>
    /// <exception cref="NotSupportedException">It has quotes or control characters.</exception>
    public static string Quote(string text)
        => text.Any(static c => c == '"' || char.IsControl(c)) ? throw new NotSupportedException($"nft has no way to write the string {text}.") : $"\"{text}\"";

    /// <summary>A value of a type; without one, a number in network order.</summary>
    public static string Value(NftDataType? type, ReadOnlySpan<byte> bytes)
    {
        if (type == NftDataType.IfName)
        {
            return InterfaceName(bytes);
        }

        if (type is not null && bytes.Length != type.Size)
        {
            throw new NotSupportedException($"A value of type {type} has {type.Size} bytes, not {bytes.Length}.");
        }

        if (type == NftDataType.IPv4Address || type == NftDataType.IPv6Address)
        {
            return new IPAddress(bytes).ToString();
        }

        if (type == NftDataType.EtherAddress)
        {
            return string.Join(':', bytes.ToArray().Select(static part => part.ToString("x2", CultureInfo.InvariantCulture)));
        }

        if (type == NftDataType.InetService)
        {
            return BinaryPrimitives.ReadUInt16BigEndian(bytes).ToString(CultureInfo.InvariantCulture);
        }

        if (type == NftDataType.NfProto && (NftFamily)bytes[0] is NftFamily.IPv4 or NftFamily.IPv6)
        {
            return (NftFamily)bytes[0] == NftFamily.IPv4 ? "ipv4" : "ipv6";
        }

        if (type == NftDataType.InetProtocol || type == NftDataType.NfProto)
        {
            return bytes[0].ToString(CultureInfo.InvariantCulture);   // names are in a file that a host need not have
        }

        if (type == NftDataType.EtherType && EtherTypes.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(bytes), out string? protocol))
        {
            return protocol;
        }

        return type is { ByteOrder: NftByteOrder.Host, Size: sizeof(uint) }
            ? $"0x{MemoryMarshal.Read<uint>(bytes):x}"
            : $"0x{Convert.ToHexStringLower(bytes)}";
    }

    /// <summary>A value that was read as a field of a key.</summary>
    public static string Value(NftDataType? type, NftValue value) => Value(type, value.ToArray());

    // A star at the end stands for all names that begin so, which the kernel knows as a value without its last zero bytes.
    private static string InterfaceName(ReadOnlySpan<byte> bytes)
    {
        string name = Encoding.UTF8.GetString(bytes.TrimEnd((byte)0));
        bool isPrefix = bytes.Length < NftValue.MaxLength;
        return Quote(isPrefix ? name + '*' : name.EndsWith('*') ? name[..^1] + "\\*" : name);
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace LibNetwork.Linux.Tests.Nftables;

/// <summary>
/// Attributes as text, one a line, in the order of their numbers (lists keep theirs): two messages with the same text mean the same to the
/// kernel. What the nft program adds without need is left out: numbers of sets beside their names, the kind of a bitwise operation, empty
/// flags of a table.
/// </summary>
internal static class WireText
{
    private const ushort NewTable = 0x0a00;
    private const ushort NewElement = 0x0a0c;

    public static string Of(ushort message, ReadOnlySpan<byte> payload)
    {
        StringBuilder text = new();
        text.Append($"{message:x4} {Convert.ToHexStringLower(payload[..4])}\n");
        Append(text, payload[4..], string.Empty, message switch
        {
            NewTable => [2],
            NewElement => [4],
            _ => [],
        });
        return text.ToString();
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> bytes, string indent, ushort[] leaveOut)
    {
        List<(ushort Type, bool Nested, byte[] Value)> attributes = Read(bytes);
        string? expression = attributes.Count == 2 && attributes is [(1, false, _), (2, true, _)]
            ? Encoding.UTF8.GetString(attributes[0].Value).TrimEnd('\0')
            : null;
        foreach ((ushort type, bool nested, byte[] value) in attributes.OrderBy(attribute => attribute.Type))
        {
            if (leaveOut.Contains(type))
            {
                continue;
            }

            text.Append($"{indent}{type}{(nested ? ":" : " " + Convert.ToHexStringLower(value))}\n");
            if (nested)
            {
                ushort[] inside = (expression, type) switch { ("lookup", 2) => [4], ("bitwise", 2) => [6], _ => [] };
                Append(text, value, indent + "  ", inside);
            }
        }
    }

    private static List<(ushort Type, bool Nested, byte[] Value)> Read(ReadOnlySpan<byte> bytes)
    {
        List<(ushort, bool, byte[])> found = [];
        while (bytes.Length >= 4)
        {
            ushort length = MemoryMarshal.Read<ushort>(bytes);
            ushort type = MemoryMarshal.Read<ushort>(bytes[2..]);
            found.Add(((ushort)(type & 0x3fff), (type & 0x8000) != 0, bytes[4..length].ToArray()));
            bytes = bytes[Math.Min((length + 3) & ~3, bytes.Length)..];
        }

        return found;
    }
}

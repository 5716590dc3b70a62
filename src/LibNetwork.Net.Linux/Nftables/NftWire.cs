using System.Text;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Pieces that several messages have in common.</summary>
internal static class NftWire
{
    public static void WriteVerdict(ref NetlinkMessageWriter writer, ushort attribute, NftVerdict verdict)
    {
        NestedStart data = writer.BeginNested(attribute);
        NestedStart nested = writer.BeginNested(NFTA_DATA_VERDICT);
        writer.WriteAttributeBigEndian(NFTA_VERDICT_CODE, (uint)(int)verdict.Kind);
        if (verdict.Chain is { } chain)
        {
            writer.WriteString(NFTA_VERDICT_CHAIN, chain);
        }

        writer.EndNested(nested);
        writer.EndNested(data);
    }

    /// <summary>Fields side by side; several are each padded to four bytes.</summary>
    public static void WriteFields(ref NetlinkMessageWriter writer, ushort attribute, scoped ReadOnlySpan<NftValue> fields)
    {
        NestedStart nested = writer.BeginNested(attribute);
        Span<byte> bytes = stackalloc byte[NFT_REG32_COUNT * NFT_REG32_SIZE];
        bytes.Clear();
        int length = 0;
        foreach (NftValue field in fields)
        {
            if (length + field.PaddedLength > bytes.Length)
            {
                throw new ArgumentException($"A key or data has more than {bytes.Length} bytes.", nameof(fields));
            }

            field.CopyTo(bytes[length..]);
            length += fields.Length == 1 ? field.Length : field.PaddedLength;
        }

        writer.WriteAttribute(NFTA_DATA_VALUE, bytes[..length]);
        writer.EndNested(nested);
    }

    /// <summary>A remark in the form that libnftnl gave the opaque user data: tag, length, text with a closing zero byte.</summary>
    public static void WriteComment(ref NetlinkMessageWriter writer, ushort attribute, byte tag, string? comment)
    {
        if (comment is null)
        {
            return;
        }

        Span<byte> data = stackalloc byte[NFTNL_UDATA_COMMENT_MAXLEN + 2];
        writer.WriteAttribute(attribute, data[..FillComment(data, tag, comment)]);
    }

    public static int FillComment(Span<byte> data, byte tag, string comment)
    {
        int length = Encoding.UTF8.GetBytes(comment, data[2..]) + 1;
        data[0] = tag;
        data[1] = (byte)length;
        data[1 + length] = 0;
        return length + 2;
    }

    /// <summary>A time; one that is longer than the type holds is the longest that it does.</summary>
    public static TimeSpan ReadMilliseconds(in NetlinkAttribute attribute)
    {
        ulong milliseconds = Math.Min(attribute.AsUInt64BigEndian(), (ulong)(TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond));
        return TimeSpan.FromTicks((long)milliseconds * TimeSpan.TicksPerMillisecond);
    }

    /// <summary>Finds a remark in user data; data that another program wrote in another form has none.</summary>
    public static string? ReadComment(ReadOnlySpan<byte> data, byte tag)
    {
        while (data.Length >= 2 && data.Length >= 2 + data[1])
        {
            ReadOnlySpan<byte> value = data.Slice(2, data[1]);
            if (data[0] == tag)
            {
                return Encoding.UTF8.GetString(value.TrimEnd((byte)0));
            }

            data = data[(2 + value.Length)..];
        }

        return null;
    }
}

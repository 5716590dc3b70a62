using System.Buffers.Binary;

namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>Whether what came from outside is an answer to what was asked. Never throws.</summary>
internal static class DnsReplyCheck
{
    private const int MostNames = 17;   // the name that was asked for, and sixteen that it may stand for

    /// <summary>Checks an answer.</summary>
    /// <param name="query">What was sent, with the id that was sent.</param>
    /// <param name="questionEnd">Where its question ends.</param>
    /// <param name="reply">What came.</param>
    /// <returns>Whether id and question are the same, letter by letter, and every record belongs to the name that was asked for.</returns>
    public static bool IsAnswer(ReadOnlySpan<byte> query, int questionEnd, ReadOnlySpan<byte> reply)
    {
        if (reply.Length < questionEnd || !reply[..DnsWire.FlagsOffset].SequenceEqual(query[..DnsWire.FlagsOffset])
            || !reply[DnsWire.HeaderBytes..questionEnd].SequenceEqual(query[DnsWire.HeaderBytes..questionEnd]))
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(reply[DnsWire.FlagsOffset..]);
        return (flags & DnsWire.FlagResponse) != 0 && (flags & DnsWire.OpcodeMask) == 0
            && BinaryPrimitives.ReadUInt16BigEndian(reply[DnsWire.QuestionCountOffset..]) == 1
            && HasOnlyOwn(reply, questionEnd);
    }

    public static DnsResponseCode CodeOf(ReadOnlySpan<byte> reply)
        => (DnsResponseCode)(BinaryPrimitives.ReadUInt16BigEndian(reply[DnsWire.FlagsOffset..]) & DnsWire.ResponseCodeMask);

    /// <summary>Whether the answer says that there is nothing.</summary>
    public static bool IsNegative(ReadOnlySpan<byte> reply) => BinaryPrimitives.ReadUInt16BigEndian(reply[DnsWire.AnswerCountOffset..]) == 0;

    /// <summary>Lists the addresses of an answer that was checked.</summary>
    public static List<System.Net.IPAddress> AddressesOf(ReadOnlySpan<byte> reply, int questionEnd)
    {
        List<System.Net.IPAddress> addresses = [];
        int position = questionEnd;
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(reply[DnsWire.AnswerCountOffset..]); left > 0; left--)
        {
            position = DnsNameReader.Skip(reply, position);
            if (position < 0 || position + DnsWire.RecordTailBytes > reply.Length)
            {
                break;
            }

            DnsRecordType type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(reply[position..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(reply[(position + 8)..]);
            position += DnsWire.RecordTailBytes + length;
            if (position <= reply.Length && (type, length) is (DnsRecordType.A, 4) or (DnsRecordType.Aaaa, 16))
            {
                addresses.Add(new System.Net.IPAddress(reply.Slice(position - length, length)));
            }
        }

        return addresses;
    }

    /// <summary>Follows the aliases from the name that was asked for; a record of any other name, or a circle of aliases, is not an answer.</summary>
    private static bool HasOnlyOwn(ReadOnlySpan<byte> reply, int questionEnd)
    {
        Span<byte> names = stackalloc byte[MostNames * DnsWire.MaxNameBytes];
        Span<int> lengths = stackalloc int[MostNames];
        lengths[0] = DnsNameReader.Unpack(reply, DnsWire.HeaderBytes, names);
        int known = 1, position = questionEnd;
        Span<byte> owner = stackalloc byte[DnsWire.MaxNameBytes];
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(reply[DnsWire.AnswerCountOffset..]); left > 0; left--)
        {
            int ownerLength = DnsNameReader.Unpack(reply, position, owner);
            position = DnsNameReader.Skip(reply, position);
            if (ownerLength < 0 || position < 0 || position + DnsWire.RecordTailBytes > reply.Length)
            {
                return false;
            }

            DnsRecordType type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(reply[position..]);
            int data = position + DnsWire.RecordTailBytes;
            position = data + BinaryPrimitives.ReadUInt16BigEndian(reply[(position + 8)..]);
            if (position > reply.Length || !IsKnown(names, lengths[..known], owner[..ownerLength], isSubtree: type == DnsRecordType.Dname))
            {
                return false;
            }

            if (type == DnsRecordType.Cname)
            {
                Span<byte> target = known < MostNames ? names[(known * DnsWire.MaxNameBytes)..] : [];
                lengths[known < MostNames ? known : 0] = target.IsEmpty ? -1 : DnsNameReader.Unpack(reply, data, target);
                if (target.IsEmpty || lengths[known] < 0 || IsKnown(names, lengths[..known], target[..lengths[known]], isSubtree: false))
                {
                    return false;
                }

                known++;
            }
        }

        return true;
    }

    private static bool IsKnown(ReadOnlySpan<byte> names, ReadOnlySpan<int> lengths, ReadOnlySpan<byte> name, bool isSubtree)
    {
        for (int index = 0; index < lengths.Length; index++)
        {
            ReadOnlySpan<byte> known = names.Slice(index * DnsWire.MaxNameBytes, lengths[index]);
            if (isSubtree ? known.EndsWith(name) : known.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}

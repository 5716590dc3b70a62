using System.Buffers.Binary;
using System.Net;

namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>The addresses of an answer that was checked, and how long it is good. Never throws.</summary>
/// <param name="Addresses">The addresses.</param>
/// <param name="TimeToLive">The least of all records' times, in seconds; the answer is no better than its worst alias.</param>
internal readonly record struct DnsAddressRecords(IReadOnlyList<IPAddress> Addresses, uint TimeToLive)
{
    private const int ClassOffset = 2, TimeOffset = 4, LengthOffset = 8;   // in a record, behind its name
    private const ushort Internet = 1;

    /// <summary>Reads an answer.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="questionEnd">Where the question in it ends.</param>
    public static DnsAddressRecords Read(ReadOnlySpan<byte> reply, int questionEnd)
    {
        List<IPAddress> addresses = [];
        uint least = uint.MaxValue;
        for (int position = questionEnd, left = CountOf(reply); left > 0 && Tail(reply, position) is var tail && tail >= 0; left--)
        {
            int data = tail + DnsWire.RecordTailBytes, length = BinaryPrimitives.ReadUInt16BigEndian(reply[(tail + LengthOffset)..]);
            position = data + length;
            if (position > reply.Length)
            {
                break;
            }

            least = Math.Min(least, TimeOf(reply, tail));
            DnsRecordType type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(reply[tail..]);
            if ((type, length) is (DnsRecordType.A, 4) or (DnsRecordType.Aaaa, 16)
                && BinaryPrimitives.ReadUInt16BigEndian(reply[(tail + ClassOffset)..]) == Internet)
            {
                addresses.Add(new IPAddress(reply.Slice(data, length)));
            }
        }

        return new DnsAddressRecords(addresses, least);
    }

    /// <summary>Makes no record of an answer good for longer than some time.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="questionEnd">Where the question in it ends.</param>
    /// <param name="most">The time in seconds.</param>
    public static void Limit(Span<byte> reply, int questionEnd, uint most)
    {
        for (int position = questionEnd, left = CountOf(reply); left > 0 && Tail(reply, position) is var tail && tail >= 0; left--)
        {
            BinaryPrimitives.WriteUInt32BigEndian(reply[(tail + TimeOffset)..], Math.Min(most, TimeOf(reply, tail)));
            position = tail + DnsWire.RecordTailBytes + BinaryPrimitives.ReadUInt16BigEndian(reply[(tail + LengthOffset)..]);
        }
    }

    private static int CountOf(ReadOnlySpan<byte> reply) => BinaryPrimitives.ReadUInt16BigEndian(reply[DnsWire.AnswerCountOffset..]);

    /// <summary>Where a record goes on behind its name; -1 when the message ends before.</summary>
    private static int Tail(ReadOnlySpan<byte> reply, int position)
    {
        int tail = DnsNameReader.Skip(reply, position);
        return tail >= 0 && tail + DnsWire.RecordTailBytes <= reply.Length ? tail : -1;
    }

    /// <remarks>A time whose first bit is set means zero (RFC 2181).</remarks>
    private static uint TimeOf(ReadOnlySpan<byte> reply, int tail)
        => BinaryPrimitives.ReadUInt32BigEndian(reply[(tail + TimeOffset)..]) is var time && time <= int.MaxValue ? time : 0;
}

using System.Buffers.Binary;

namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>One question as a client sent it. Reading it never throws.</summary>
internal readonly ref struct DnsQuery
{
    private DnsQuery(ReadOnlySpan<byte> message, int questionEnd, bool hasEdns, ushort clientBytes)
    {
        Message = message;
        QuestionEnd = questionEnd;
        HasEdns = hasEdns;
        ClientBytes = clientBytes;
    }

    public ReadOnlySpan<byte> Message { get; }

    /// <summary>Where the question ends; an answer repeats the message up to here.</summary>
    public int QuestionEnd { get; }

    public bool HasEdns { get; }

    /// <summary>The datagram that the client can take, in bytes.</summary>
    public ushort ClientBytes { get; }

    /// <summary>The name's labels as the client wrote them, without the final zero.</summary>
    public ReadOnlySpan<byte> Labels => Message[DnsWire.HeaderBytes..(QuestionEnd - DnsWire.QuestionTailBytes - 1)];

    public DnsRecordType Type => (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(Message[(QuestionEnd - DnsWire.QuestionTailBytes)..]);

    public ushort Class => BinaryPrimitives.ReadUInt16BigEndian(Message[(QuestionEnd - 2)..]);

    /// <summary>Reads a question.</summary>
    /// <param name="message">The datagram, or what a stream had between two lengths.</param>
    /// <param name="query">The question; with <see cref="DnsQueryStatus.BadVersion"/> it is whole too.</param>
    public static DnsQueryStatus Read(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < DnsWire.HeaderBytes)
        {
            return DnsQueryStatus.Ignored;   // there is not even an id to answer to
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[DnsWire.FlagsOffset..]);
        if ((flags & DnsWire.FlagResponse) != 0)
        {
            return DnsQueryStatus.Ignored;   // two servers must not talk to each other for ever
        }

        if ((flags & DnsWire.OpcodeMask) != 0)
        {
            return DnsQueryStatus.NotImplemented;
        }

        ushort questions = BinaryPrimitives.ReadUInt16BigEndian(message[DnsWire.QuestionCountOffset..]);
        if (questions != 1)
        {
            return questions == 0 ? DnsQueryStatus.Ignored : DnsQueryStatus.Malformed;   // RFC 9619: one and only one
        }

        int name = DnsNameReader.MeasurePlain(message[DnsWire.HeaderBytes..]);
        int end = DnsWire.HeaderBytes + name + DnsWire.QuestionTailBytes;
        if (name < 0 || end > message.Length)
        {
            return DnsQueryStatus.Malformed;
        }

        DnsQueryStatus status = ReadEdns(message, end, out bool hasEdns, out ushort clientBytes);
        query = new DnsQuery(message, end, hasEdns, Math.Max(clientBytes, (ushort)DnsWire.MinDatagramBytes));
        return status;
    }

    private static DnsQueryStatus ReadEdns(ReadOnlySpan<byte> message, int position, out bool hasEdns, out ushort clientBytes)
    {
        (hasEdns, clientBytes) = (false, 0);
        int before = BinaryPrimitives.ReadUInt16BigEndian(message[DnsWire.AnswerCountOffset..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[DnsWire.AuthorityCountOffset..]);
        int records = before + BinaryPrimitives.ReadUInt16BigEndian(message[DnsWire.AdditionalCountOffset..]);
        for (int record = 0; record < records; record++)
        {
            // Every record has at least eleven bytes, so that huge counts end with the message.
            int start = position;
            position = DnsNameReader.Skip(message, position);
            if (position < 0 || position + DnsWire.RecordTailBytes > message.Length)
            {
                return DnsQueryStatus.Malformed;
            }

            ReadOnlySpan<byte> tail = message.Slice(position, DnsWire.RecordTailBytes);
            position += DnsWire.RecordTailBytes + BinaryPrimitives.ReadUInt16BigEndian(tail[8..]);
            if (position > message.Length)
            {
                return DnsQueryStatus.Malformed;
            }

            if (record < before || (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(tail) != DnsRecordType.Opt)
            {
                continue;
            }

            if (hasEdns || message[start] != 0)
            {
                return DnsQueryStatus.Malformed;   // at most one, and for the root
            }

            (hasEdns, clientBytes) = (true, BinaryPrimitives.ReadUInt16BigEndian(tail[2..]));
            if (tail[5] != 0)
            {
                return DnsQueryStatus.BadVersion;
            }
        }

        return DnsQueryStatus.Valid;
    }
}

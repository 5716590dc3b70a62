using System.Buffers.Binary;

namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>Writes the answer to one question into a caller's buffer. Never allocates; what does not fit is cut at a whole record.</summary>
internal ref struct DnsReplyWriter
{
    private const ushort PointerToQuestion = 0xc000 | DnsWire.HeaderBytes;

    private readonly Span<byte> _buffer;
    private readonly int _limit;
    private readonly bool _hasEdns;
    private int _position;
    private ushort _answers;
    private ushort _additional;
    private bool _isTruncated;

    /// <summary>Begins with the header and question of the query, whose case is kept.</summary>
    /// <param name="buffer">At least 512 bytes.</param>
    /// <param name="limit">The bytes that the client takes.</param>
    /// <param name="query">The query.</param>
    public DnsReplyWriter(Span<byte> buffer, int limit, in DnsQuery query)
    {
        _buffer = buffer;
        _hasEdns = query.HasEdns;
        _limit = Math.Min(buffer.Length, limit) - (query.HasEdns ? DnsWire.OptRecordBytes : 0);
        query.Message[..query.QuestionEnd].CopyTo(buffer);
        _position = query.QuestionEnd;
    }

    /// <summary>Adds an address of the name that was asked for.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    /// <param name="timeToLive">Seconds.</param>
    public bool AddAddress(ReadOnlySpan<byte> address, uint timeToLive)
    {
        if (!TryBegin(PointerToQuestion, AddressType(address), timeToLive, address.Length, out Span<byte> data))
        {
            return false;
        }

        address.CopyTo(data);
        _answers++;
        return true;
    }

    /// <summary>Adds the name of the address that was asked for.</summary>
    /// <param name="target">Labels without the final zero.</param>
    /// <param name="timeToLive">Seconds.</param>
    public bool AddPointer(ReadOnlySpan<byte> target, uint timeToLive)
    {
        if (!TryBegin(PointerToQuestion, DnsRecordType.Ptr, timeToLive, target.Length + 1, out Span<byte> data))
        {
            return false;
        }

        target.CopyTo(data);
        data[^1] = 0;
        _answers++;
        return true;
    }

    /// <summary>Adds where the service that was asked for is.</summary>
    /// <returns>Where the target's name stands, for <see cref="AddAdditionalAddress"/>; -1 when there was no room.</returns>
    public int AddService(ReadOnlySpan<byte> target, ushort port, uint timeToLive)
    {
        const int Fixed = 6;   // priority, weight, port
        if (!TryBegin(PointerToQuestion, DnsRecordType.Srv, timeToLive, Fixed + target.Length + 1, out Span<byte> data))
        {
            return -1;
        }

        BinaryPrimitives.WriteUInt32BigEndian(data, 0);
        BinaryPrimitives.WriteUInt16BigEndian(data[4..], port);
        target.CopyTo(data[Fixed..]);
        data[^1] = 0;
        _answers++;
        return _position - target.Length - 1;
    }

    /// <summary>Adds an address of a service's target; without room it is left out, for the client can ask for it.</summary>
    public void AddAdditionalAddress(int targetPosition, ReadOnlySpan<byte> address, uint timeToLive)
    {
        bool wasTruncated = _isTruncated;
        if (targetPosition < 0x4000
            && TryBegin((ushort)(0xc000 | targetPosition), AddressType(address), timeToLive, address.Length, out Span<byte> data))
        {
            address.CopyTo(data);
            _additional++;
        }

        _isTruncated = wasTruncated;
    }

    /// <summary>Writes header and EDNS record.</summary>
    /// <param name="code">How the question was answered.</param>
    /// <param name="recursionAvailable">Whether the client may ask for other names here.</param>
    /// <param name="ownBytes">The datagram that we can take, for the EDNS record.</param>
    /// <returns>The length of the message.</returns>
    public int Complete(DnsResponseCode code, bool recursionAvailable, ushort ownBytes)
    {
        ushort flags = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_buffer[DnsWire.FlagsOffset..])
            & (DnsWire.FlagRecursionDesired | DnsWire.FlagCheckingDisabled));
        flags |= (ushort)(DnsWire.FlagResponse | (recursionAvailable ? DnsWire.FlagRecursionAvailable : 0)
            | (_isTruncated ? DnsWire.FlagTruncated : 0) | ((int)code & DnsWire.ResponseCodeMask));
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[DnsWire.FlagsOffset..], flags);
        if (_hasEdns)
        {
            Span<byte> opt = _buffer.Slice(_position, DnsWire.OptRecordBytes);
            opt.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(opt[1..], (ushort)DnsRecordType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(opt[3..], ownBytes);
            opt[5] = (byte)((int)code >> 4);
            _position += DnsWire.OptRecordBytes;
            _additional++;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[DnsWire.AnswerCountOffset..], _answers);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[DnsWire.AuthorityCountOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[DnsWire.AdditionalCountOffset..], _additional);
        return _position;
    }

    private static DnsRecordType AddressType(ReadOnlySpan<byte> address) => address.Length == 4 ? DnsRecordType.A : DnsRecordType.Aaaa;

    private bool TryBegin(ushort owner, DnsRecordType type, uint timeToLive, int dataBytes, out Span<byte> data)
    {
        int length = 2 + DnsWire.RecordTailBytes + dataBytes;
        if (_position + length > _limit)
        {
            _isTruncated = true;
            data = default;
            return false;
        }

        Span<byte> record = _buffer.Slice(_position, length);
        BinaryPrimitives.WriteUInt16BigEndian(record, owner);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], DnsWire.ClassInternet);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)dataBytes);
        data = record[12..];
        _position += length;
        return true;
    }
}

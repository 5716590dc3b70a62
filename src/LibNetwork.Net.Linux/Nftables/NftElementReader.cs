using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Reads the elements of one set, and puts the borders of a plain interval set together again.</summary>
internal sealed class NftElementReader
{
    private readonly NftSet _set;

    public NftElementReader(NftSetReader set) => _set = set.Set;

    private bool HasBorders => _set.Interval && _set.Key.Count == 1;

    /// <summary>Reads the elements in one message of the dump.</summary>
    public List<(NftElement Element, bool IsEnd)>? Parse(in NetlinkMessage message)
    {
        if (message.Type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWSETELEM))
        {
            return null;
        }

        List<(NftElement Element, bool IsEnd)> found = [];
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == NFTA_SET_ELEM_LIST_ELEMENTS)
            {
                NetlinkAttributeReader list = attribute.Nested();
                while (list.TryRead(out NetlinkAttribute element))
                {
                    found.Add(ReadElement(element.Nested()));
                }
            }
        }

        return found;
    }

    /// <summary>The elements of the whole dump.</summary>
    public IReadOnlyList<NftElement> Complete(IReadOnlyList<List<(NftElement Element, bool IsEnd)>> messages)
    {
        List<(NftElement Element, bool IsEnd)> borders = messages.SelectMany(static message => message).ToList();
        if (!HasBorders)
        {
            return borders.ConvertAll(static item => item.Element);
        }

        // Where one range ends the next may begin: the end comes first.
        borders.Sort(static (left, right) =>
        {
            int order = left.Element.Key[0].ToArray().AsSpan().SequenceCompareTo(right.Element.Key[0].ToArray());
            return order != 0 ? order : right.IsEnd.CompareTo(left.IsEnd);
        });
        List<NftElement> ranges = [];
        for (int i = 0; i < borders.Count; i++)
        {
            if (borders[i].IsEnd)
            {
                continue;
            }

            bool hasEnd = i + 1 < borders.Count && borders[i + 1].IsEnd;
            NftValue last = hasEnd ? borders[i + 1].Element.Key[0].Previous() : NftValue.Last(borders[i].Element.Key[0].Length);
            ranges.Add(borders[i].Element.WithEnd(last));
        }

        return ranges;
    }

    private (NftElement Element, bool IsEnd) ReadElement(NetlinkAttributeReader attributes)
    {
        NftValue[] key = [];
        NftValue[] end = [];
        NftValue[] data = [];
        NftVerdict? verdict = null;
        TimeSpan? timeout = null;
        TimeSpan? expires = null;
        string? comment = null;
        bool isEnd = false;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_SET_ELEM_KEY:
                    key = ReadValue(attribute.Nested(), _set.Key, out _);
                    break;
                case NFTA_SET_ELEM_KEY_END:
                    end = ReadValue(attribute.Nested(), _set.Key, out _);
                    break;
                case NFTA_SET_ELEM_DATA:
                    data = ReadValue(attribute.Nested(), _set.Data, out verdict);
                    break;
                case NFTA_SET_ELEM_FLAGS:
                    isEnd = (attribute.AsUInt32BigEndian() & NFT_SET_ELEM_INTERVAL_END) != 0;
                    break;
                case NFTA_SET_ELEM_TIMEOUT:
                    timeout = NftWire.ReadMilliseconds(attribute);
                    break;
                case NFTA_SET_ELEM_EXPIRATION:
                    expires = NftWire.ReadMilliseconds(attribute);
                    break;
                case NFTA_SET_ELEM_USERDATA:
                    comment = NftWire.ReadComment(attribute.Payload, NFTNL_UDATA_COMMENT);
                    break;
            }
        }

        // The kernel reports a last key for each element of an interval concatenation, also where it is the only one.
        if (end.AsSpan().SequenceEqual(key))
        {
            end = [];
        }

        return (NftElement.Read(key, end, data, verdict, timeout, expires, comment), isEnd);
    }

    private static NftValue[] ReadValue(NetlinkAttributeReader attributes, IReadOnlyList<NftDataType> types, out NftVerdict? verdict)
    {
        verdict = null;
        NftValue[] fields = [];
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_DATA_VALUE:
                    fields = Split(attribute.Payload, types);
                    break;
                case NFTA_DATA_VERDICT:
                    verdict = NftExpressionReader.ReadVerdict(attribute.Nested());
                    break;
            }
        }

        return fields;
    }

    private static NftValue[] Split(ReadOnlySpan<byte> bytes, IReadOnlyList<NftDataType> types)
    {
        if (types.Count == 0 || bytes.Length != NftDataType.TotalSize(types))
        {
            // Types of another program: whatever they are, they begin every four bytes.
            NftValue[] words = new NftValue[NftRegister.Words(bytes.Length)];
            for (int i = 0; i < words.Length; i++)
            {
                int start = i * NFT_REG32_SIZE;
                words[i] = NftValue.Raw(bytes[start..Math.Min(start + NFT_REG32_SIZE, bytes.Length)]);
            }

            return words;
        }

        NftValue[] fields = new NftValue[types.Count];
        int offset = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = NftValue.Read(bytes.Slice(offset, types[i].Size), types[i].ByteOrder);
            offset += types[i].PaddedSize;
        }

        return fields;
    }
}

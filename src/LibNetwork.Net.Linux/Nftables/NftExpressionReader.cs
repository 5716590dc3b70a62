using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Reads expressions; the mirror of <see cref="NftExpression.Write"/>. One with a part that is not known here stays raw, so that it equals nothing.</summary>
internal static class NftExpressionReader
{
    public static NftExpression Read(NetlinkAttributeReader attributes)
    {
        string name = string.Empty;
        ReadOnlySpan<byte> data = [];
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_EXPR_NAME:
                    name = attribute.AsString();
                    break;
                case NFTA_EXPR_DATA:
                    data = attribute.Payload;
                    break;
            }
        }

        NftAttributes parts = new(data);
        NftExpression? expression = Read(name, ref parts);
        return expression is null || parts.HasMore ? new NftUnknownExpression(name, new NftBytes(data)) : expression;
    }

    public static NftVerdict ReadVerdict(NetlinkAttributeReader attributes)
    {
        int code = 0;
        string? chain = null;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_VERDICT_CODE:
                    code = (int)attribute.AsUInt32BigEndian();
                    break;
                case NFTA_VERDICT_CHAIN:
                    chain = attribute.AsString();
                    break;
            }
        }

        return NftVerdict.Read(code, chain);
    }

    private static NftExpression? Read(string name, ref NftAttributes parts) => name switch
    {
        "meta" => ReadMeta(ref parts),
        "cmp" => ReadCompare(ref parts),
        "range" => new NftRangeExpression(
            parts.Register(NFTA_RANGE_SREG), parts.Number(NFTA_RANGE_OP) != 0, parts.Data(NFTA_RANGE_FROM_DATA), parts.Data(NFTA_RANGE_TO_DATA)),
        "payload" when parts.Has(NFTA_PAYLOAD_DREG) => new NftPayloadExpression(
            (NftPayloadBase)parts.Number(NFTA_PAYLOAD_BASE),
            (int)parts.Number(NFTA_PAYLOAD_OFFSET),
            (int)parts.Number(NFTA_PAYLOAD_LEN),
            parts.Register(NFTA_PAYLOAD_DREG)),
        "payload" => ReadPayloadWrite(ref parts),
        "bitwise" => ReadBitwise(ref parts),
        "immediate" => ReadImmediate(ref parts),
        "lookup" => ReadLookup(ref parts),
        "ct" => ReadCt(ref parts),
        "fib" => new NftFibExpression(
            (NftFibResult)parts.Number(NFTA_FIB_RESULT), (NftFibFlags)parts.Number(NFTA_FIB_FLAGS), parts.Register(NFTA_FIB_DREG)),
        "nat" => ReadNat(ref parts),
        "masq" => new NftMasqueradeExpression(ReadFlags(ref parts, NFTA_MASQ_FLAGS)),
        "redir" => ReadRedirect(ref parts),
        "counter" => new NftCounterExpression(parts.LongNumber(NFTA_COUNTER_PACKETS), parts.LongNumber(NFTA_COUNTER_BYTES)),
        "limit" => ReadLimit(ref parts),
        "log" => ReadLog(ref parts),
        "reject" => new NftRejectExpression((NftRejectKind)parts.Number(NFTA_REJECT_TYPE), parts.Byte(NFTA_REJECT_ICMP_CODE)),
        "notrack" => new NftNotrackExpression(),
        "numgen" => new NftNumgenExpression(
            parts.Number(NFTA_NG_MODULUS), parts.Number(NFTA_NG_TYPE) != 0, parts.Number(NFTA_NG_OFFSET), parts.Register(NFTA_NG_DREG)),
        "hash" => ReadHash(ref parts),
        _ => null,
    };

    private static NftPayloadWriteExpression? ReadPayloadWrite(ref NftAttributes parts)
        => parts.Number(NFTA_PAYLOAD_CSUM_TYPE) != NftPayloadWriteExpression.InternetChecksum || parts.Number(NFTA_PAYLOAD_CSUM_FLAGS) != 0
            ? null
            : new NftPayloadWriteExpression(
                (NftPayloadBase)parts.Number(NFTA_PAYLOAD_BASE),
                (int)parts.Number(NFTA_PAYLOAD_OFFSET),
                (int)parts.Number(NFTA_PAYLOAD_LEN),
                parts.Register(NFTA_PAYLOAD_SREG),
                (int)parts.Number(NFTA_PAYLOAD_CSUM_OFFSET));

    private static NftMetaExpression ReadMeta(ref NftAttributes parts)
    {
        bool isSet = parts.Has(NFTA_META_SREG);
        int register = parts.Register(isSet ? NFTA_META_SREG : NFTA_META_DREG);
        return new NftMetaExpression((NftMetaKey)parts.Number(NFTA_META_KEY), register, isSet);
    }

    private static NftCompareExpression? ReadCompare(ref NftAttributes parts)
    {
        uint comparison = parts.Number(NFTA_CMP_OP);
        return comparison > (uint)NftComparison.GreaterOrEqual
            ? null
            : new NftCompareExpression(parts.Register(NFTA_CMP_SREG), (NftComparison)comparison, parts.Data(NFTA_CMP_DATA));
    }

    private static NftBitwiseExpression? ReadBitwise(ref NftAttributes parts)
    {
        const uint Boolean = 0;   // NFT_BITWISE_BOOL; shifts have no mask
        if (parts.Number(NFTA_BITWISE_OP) != Boolean)
        {
            return null;
        }

        _ = parts.Number(NFTA_BITWISE_LEN);   // the mask says the same
        return new NftBitwiseExpression(
            parts.Register(NFTA_BITWISE_SREG), parts.Register(NFTA_BITWISE_DREG), parts.Data(NFTA_BITWISE_MASK), parts.Data(NFTA_BITWISE_XOR));
    }

    private static NftExpression? ReadImmediate(ref NftAttributes parts)
    {
        int register = parts.Register(NFTA_IMMEDIATE_DREG);
        if (register != NftRegister.Verdict)
        {
            return new NftImmediateExpression(register, parts.Data(NFTA_IMMEDIATE_DATA));
        }

        return parts.Verdict(NFTA_IMMEDIATE_DATA) is { } verdict ? new NftVerdictExpression(verdict) : null;
    }

    private static NftLookupExpression ReadLookup(ref NftAttributes parts)
    {
        int? destination = parts.OptionalRegister(NFTA_LOOKUP_DREG);
        bool isVerdictMap = destination == NftRegister.Verdict;
        return new NftLookupExpression(
            parts.Text(NFTA_LOOKUP_SET),
            parts.Register(NFTA_LOOKUP_SREG),
            isVerdictMap ? null : destination,
            (parts.Number(NFTA_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV) != 0,
            isVerdictMap);
    }

    private static NftCtExpression ReadCt(ref NftAttributes parts)
    {
        bool isSet = parts.Has(NFTA_CT_SREG);
        NftCtDirection? direction = parts.Has(NFTA_CT_DIRECTION) ? (NftCtDirection)parts.Byte(NFTA_CT_DIRECTION) : null;
        int register = parts.Register(isSet ? NFTA_CT_SREG : NFTA_CT_DREG);
        return new NftCtExpression((NftCtKey)parts.Number(NFTA_CT_KEY), register, direction, isSet);
    }

    private static NftNatExpression? ReadNat(ref NftAttributes parts)
    {
        int? address = parts.OptionalRegister(NFTA_NAT_REG_ADDR_MIN);
        int? port = parts.OptionalRegister(NFTA_NAT_REG_PROTO_MIN);

        // The kernel fills in the upper ends; only ranges, which we do not make, have others than the lower ends.
        if (parts.OptionalRegister(NFTA_NAT_REG_ADDR_MAX) is { } lastAddress && lastAddress != address
            || parts.OptionalRegister(NFTA_NAT_REG_PROTO_MAX) is { } lastPort && lastPort != port)
        {
            return null;
        }

        bool isDestination = parts.Number(NFTA_NAT_TYPE) == NFT_NAT_DNAT;
        return new NftNatExpression(isDestination, (NftFamily)parts.Number(NFTA_NAT_FAMILY), address, port, ReadFlags(ref parts, NFTA_NAT_FLAGS));
    }

    private static NftRedirectExpression? ReadRedirect(ref NftAttributes parts)
    {
        int? port = parts.OptionalRegister(NFTA_REDIR_REG_PROTO_MIN);
        bool isRange = parts.OptionalRegister(NFTA_REDIR_REG_PROTO_MAX) is { } last && last != port;
        return isRange ? null : new NftRedirectExpression(port, ReadFlags(ref parts, NFTA_REDIR_FLAGS));
    }

    /// <summary>Without the two flags that only repeat which registers are given.</summary>
    private static NftNatFlags ReadFlags(ref NftAttributes parts, ushort type)
        => (NftNatFlags)(parts.Number(type) & ~(NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED));

    private static NftLimitExpression? ReadLimit(ref NftAttributes parts)
    {
        const uint Packets = 0;   // NFT_LIMIT_PKTS
        return parts.Number(NFTA_LIMIT_TYPE) != Packets
            ? null
            : new NftLimitExpression(
                parts.LongNumber(NFTA_LIMIT_RATE),
                (NftLimitUnit)parts.LongNumber(NFTA_LIMIT_UNIT),
                parts.Number(NFTA_LIMIT_BURST),
                (parts.Number(NFTA_LIMIT_FLAGS) & NFT_LIMIT_F_INV) != 0);
    }

    private static NftLogExpression? ReadLog(ref NftAttributes parts)
    {
        if (parts.Number(NFTA_LOG_FLAGS) != 0)
        {
            return null;
        }

        ushort? group = parts.Has(NFTA_LOG_GROUP) ? parts.ShortNumber(NFTA_LOG_GROUP) : null;
        return new NftLogExpression(
            parts.Text(NFTA_LOG_PREFIX), (NftLogLevel)parts.Number(NFTA_LOG_LEVEL, missing: (uint)NftLogLevel.Warning), group);
    }

    private static NftHashExpression? ReadHash(ref NftAttributes parts)
    {
        const uint Jenkins = 0;   // NFT_HASH_JENKINS
        return parts.Number(NFTA_HASH_TYPE) != Jenkins
            ? null
            : new NftHashExpression(
                parts.Register(NFTA_HASH_SREG),
                (int)parts.Number(NFTA_HASH_LEN),
                parts.Number(NFTA_HASH_MODULUS),
                parts.Has(NFTA_HASH_SEED) ? parts.Number(NFTA_HASH_SEED) : null,
                parts.Number(NFTA_HASH_OFFSET),
                parts.Register(NFTA_HASH_DREG));
    }
}

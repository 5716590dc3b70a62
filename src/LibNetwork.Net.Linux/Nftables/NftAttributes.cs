using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>The attributes of one expression, by number. Remembers what was asked for, so that what was not can be noticed.</summary>
internal ref struct NftAttributes
{
    private const int MaxAttribute = 31;

    private readonly ReadOnlySpan<byte> _bytes;
    private uint _present;
    private uint _asked;

    public NftAttributes(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        NetlinkAttributeReader reader = new(bytes);
        while (reader.TryRead(out NetlinkAttribute attribute))
        {
            _present |= attribute.Type <= MaxAttribute ? 1u << attribute.Type : 1u;
        }
    }

    /// <summary>Whether there is an attribute that nobody asked for.</summary>
    public readonly bool HasMore => (_present & ~_asked) != 0;

    public readonly bool Has(ushort type) => (_present & (1u << type)) != 0;

    public uint Number(ushort type, uint missing = 0) => TryFind(type, out NetlinkAttribute attribute) ? attribute.AsUInt32BigEndian() : missing;

    public ulong LongNumber(ushort type) => TryFind(type, out NetlinkAttribute attribute) ? attribute.AsUInt64BigEndian() : 0;

    public ushort ShortNumber(ushort type) => TryFind(type, out NetlinkAttribute attribute) ? attribute.AsUInt16BigEndian() : (ushort)0;

    public byte Byte(ushort type) => TryFind(type, out NetlinkAttribute attribute) ? attribute.AsByte() : (byte)0;

    public string Text(ushort type) => TryFind(type, out NetlinkAttribute attribute) ? attribute.AsString() : string.Empty;

    public int Register(ushort type) => NftRegister.FromWire(Number(type));

    public int? OptionalRegister(ushort type) => Has(type) ? Register(type) : null;

    /// <summary>The bytes in a nested <c>NFTA_DATA_VALUE</c>; none when it holds something else.</summary>
    public NftBytes Data(ushort type)
    {
        if (TryFind(type, out NetlinkAttribute attribute))
        {
            NetlinkAttributeReader nested = attribute.Nested();
            while (nested.TryRead(out NetlinkAttribute value))
            {
                if (value.Type == NFTA_DATA_VALUE)
                {
                    return new NftBytes(value.Payload);
                }
            }
        }

        return default;
    }

    /// <summary>The verdict in a nested <c>NFTA_DATA_VERDICT</c>.</summary>
    public NftVerdict? Verdict(ushort type)
    {
        if (TryFind(type, out NetlinkAttribute attribute))
        {
            NetlinkAttributeReader nested = attribute.Nested();
            while (nested.TryRead(out NetlinkAttribute value))
            {
                if (value.Type == NFTA_DATA_VERDICT)
                {
                    return NftExpressionReader.ReadVerdict(value.Nested());
                }
            }
        }

        return null;
    }

    private bool TryFind(ushort type, out NetlinkAttribute attribute)
    {
        _asked |= 1u << type;
        NetlinkAttributeReader reader = new(_bytes);
        while (reader.TryRead(out attribute))
        {
            if (attribute.Type == type)
            {
                return true;
            }
        }

        return false;
    }
}

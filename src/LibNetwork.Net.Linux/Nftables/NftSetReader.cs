using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Reads sets and maps, without their elements.</summary>
internal sealed record NftSetReader(NftFamily Family, string Table, bool IsAnonymous, NftSet Set)
{
    public static NftSetReader? Parse(in NetlinkMessage message)
    {
        if (message.Type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWSET))
        {
            return null;
        }

        string table = string.Empty;
        string name = string.Empty;
        string? comment = null;
        ulong handle = 0;
        uint flags = 0;
        uint keyType = 0;
        uint keyLength = 0;
        uint dataType = 0;
        uint dataLength = 0;
        TimeSpan? timeout = null;
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_SET_TABLE:
                    table = attribute.AsString();
                    break;
                case NFTA_SET_NAME:
                    name = attribute.AsString();
                    break;
                case NFTA_SET_HANDLE:
                    handle = attribute.AsUInt64BigEndian();
                    break;
                case NFTA_SET_FLAGS:
                    flags = attribute.AsUInt32BigEndian();
                    break;
                case NFTA_SET_KEY_TYPE:
                    keyType = attribute.AsUInt32BigEndian();
                    break;
                case NFTA_SET_KEY_LEN:
                    keyLength = attribute.AsUInt32BigEndian();
                    break;
                case NFTA_SET_DATA_TYPE:
                    dataType = attribute.AsUInt32BigEndian();
                    break;
                case NFTA_SET_DATA_LEN:
                    dataLength = attribute.AsUInt32BigEndian();
                    break;
                case NFTA_SET_TIMEOUT:
                    timeout = NftWire.ReadMilliseconds(attribute);
                    break;
                case NFTA_SET_USERDATA:
                    comment = NftWire.ReadComment(attribute.Payload, NFTNL_UDATA_SET_COMMENT);
                    break;
            }
        }

        bool isVerdictMap = dataType == NFT_DATA_VERDICT;
        NftSet set = new()
        {
            Name = name,
            Handle = handle,
            Key = NftDataType.Split(keyType, (int)keyLength),
            Data = isVerdictMap ? [] : NftDataType.Split(dataType, (int)dataLength),
            IsMap = (flags & NFT_SET_MAP) != 0,
            IsVerdictMap = isVerdictMap,
            Interval = (flags & NFT_SET_INTERVAL) != 0,
            Timeout = (flags & NFT_SET_TIMEOUT) != 0,
            DefaultTimeout = timeout,
            Comment = comment,
            Elements = [],
        };
        return new NftSetReader((NftFamily)message.Payload[0], table, (flags & NFT_SET_ANONYMOUS) != 0, set);
    }
}

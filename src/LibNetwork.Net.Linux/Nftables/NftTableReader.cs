using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Reads tables.</summary>
internal static class NftTableReader
{
    public static NftTable? Parse(in NetlinkMessage message)
    {
        if (message.Type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWTABLE))
        {
            return null;
        }

        string name = string.Empty;
        ulong handle = 0;
        uint flags = 0;
        string? comment = null;
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_TABLE_NAME:
                    name = attribute.AsString();
                    break;
                case NFTA_TABLE_FLAGS:
                    flags = attribute.AsUInt32BigEndian();
                    break;
                case NFTA_TABLE_HANDLE:
                    handle = attribute.AsUInt64BigEndian();
                    break;
                case NFTA_TABLE_USERDATA:
                    comment = NftWire.ReadComment(attribute.Payload, NFTNL_UDATA_COMMENT);
                    break;
            }
        }

        return new NftTable((NftFamily)message.Payload[0], name, handle, comment, [], [])
        {
            IsDormant = (flags & NFT_TABLE_F_DORMANT) != 0,
            HasOwner = (flags & NFT_TABLE_F_OWNER) != 0,
        };
    }
}

using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Names the object of a request from its own bytes, so that only a request that fails pays for the text.</summary>
internal static class NftSubject
{
    /// <summary>Family, table and object: <c>inet docker ports</c>.</summary>
    public static string Describe(ReadOnlySpan<byte> request, string subject)
    {
        NetlinkMessageReader reader = new(request);
        if (!reader.TryRead(out NetlinkMessage message) || message.Type >> 8 != NFNL_SUBSYS_NFTABLES)
        {
            return subject;
        }

        string text = FamilyName((NftFamily)message.Payload[0]);
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        string? table = null;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            // Each kind of message has the table as attribute 1.
            if (attribute.Type == NFTA_TABLE_NAME)
            {
                table = attribute.AsString();
            }
        }

        bool isTable = (message.Type & 0xff) is NFT_MSG_NEWTABLE or NFT_MSG_DELTABLE;
        return table is null || isTable ? $"{text} {subject}" : $"{text} {table} {subject}";
    }

    public static string FamilyName(NftFamily family) => family switch
    {
        NftFamily.Inet => "inet",
        NftFamily.IPv4 => "ip",
        NftFamily.IPv6 => "ip6",
        NftFamily.Arp => "arp",
        NftFamily.Netdev => "netdev",
        NftFamily.Bridge => "bridge",
        _ => ((int)family).ToString(),
    };
}

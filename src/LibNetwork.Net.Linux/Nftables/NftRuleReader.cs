using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Reads rules.</summary>
internal sealed record NftRuleReader(string Table, string Chain, ulong Handle, NftRule Rule)
{
    public static NftRuleReader? Parse(in NetlinkMessage message)
    {
        if (message.Type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWRULE))
        {
            return null;
        }

        string table = string.Empty;
        string chain = string.Empty;
        string? comment = null;
        ulong handle = 0;
        NftRule rule = new();
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_RULE_TABLE:
                    table = attribute.AsString();
                    break;
                case NFTA_RULE_CHAIN:
                    chain = attribute.AsString();
                    break;
                case NFTA_RULE_HANDLE:
                    handle = attribute.AsUInt64BigEndian();
                    break;
                case NFTA_RULE_USERDATA:
                    comment = NftWire.ReadComment(attribute.Payload, NFTNL_UDATA_COMMENT);
                    break;
                case NFTA_RULE_EXPRESSIONS:
                    NetlinkAttributeReader list = attribute.Nested();
                    while (list.TryRead(out NetlinkAttribute expression))
                    {
                        rule.Add(NftExpressionReader.Read(expression.Nested()));
                    }

                    break;
            }
        }

        comment ??= rule.Expressions.OfType<NftUnknownExpression>().Select(static step => step.Remark).FirstOrDefault(static remark => remark is not null);
        return new NftRuleReader(table, chain, handle, rule.WithFoundComment(comment));
    }
}

using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>Reads chains.</summary>
internal sealed record NftChainReader(string Table, NftChain Chain)
{
    public static NftChainReader? Parse(in NetlinkMessage message)
    {
        if (message.Type != ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWCHAIN))
        {
            return null;
        }

        string table = string.Empty;
        NftChain chain = new() { Name = string.Empty, Handle = 0, Rules = [] };
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        NftFamily family = (NftFamily)message.Payload[0];
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_CHAIN_TABLE:
                    table = attribute.AsString();
                    break;
                case NFTA_CHAIN_NAME:
                    chain = chain with { Name = attribute.AsString() };
                    break;
                case NFTA_CHAIN_HANDLE:
                    chain = chain with { Handle = attribute.AsUInt64BigEndian() };
                    break;
                case NFTA_CHAIN_POLICY:
                    chain = chain with { Policy = (NftPolicy)attribute.AsUInt32BigEndian() };
                    break;
                case NFTA_CHAIN_TYPE:
                    chain = chain with { Type = ReadType(attribute.AsString()) };
                    break;
                case NFTA_CHAIN_HOOK:
                    chain = ReadHook(chain, family, attribute.Nested());
                    break;
            }
        }

        return new NftChainReader(table, chain);
    }

    private static NftChainType? ReadType(string name) => name switch
    {
        "filter" => NftChainType.Filter,
        "nat" => NftChainType.Nat,
        "route" => NftChainType.Route,
        _ => null,
    };

    private static NftChain ReadHook(NftChain chain, NftFamily family, NetlinkAttributeReader attributes)
    {
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_HOOK_HOOKNUM:
                    chain = chain with { Hook = ReadHook(family, attribute.AsUInt32BigEndian()) };
                    break;
                case NFTA_HOOK_PRIORITY:
                    chain = chain with { Priority = (int)attribute.AsUInt32BigEndian() };
                    break;
            }
        }

        return chain;
    }

    private static NftHook? ReadHook(NftFamily family, uint number) => family switch
    {
        NftFamily.Netdev => null,
        NftFamily.Arp => number switch { 0 => NftHook.Input, 1 => NftHook.Output, 2 => NftHook.Forward, _ => null },
        _ => number <= (uint)NftHook.Postrouting ? (NftHook)number : null,
    };
}

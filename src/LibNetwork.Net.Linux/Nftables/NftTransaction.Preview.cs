using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <content>What the changes written down so far come to.</content>
public sealed partial class NftTransaction
{
    /// <summary>
    /// The table as the transaction would make it where there is none: chains, rules and empty sets, to be compared with one that was read.
    /// Handles are 0, and elements are left out.
    /// </summary>
    /// <returns>The table, or <see langword="null"/> when the transaction does not make it.</returns>
    public NftTable? Preview(NftFamily family, string table)
    {
        NftTable? found = null;
        List<NftChain> chains = [];
        List<NftSet> sets = [];
        List<NftRuleReader> rules = [];
        NetlinkMessageReader reader = new(_batch.Bytes);
        while (reader.TryRead(out NetlinkMessage message))
        {
            if (message.Type >> 8 != NFNL_SUBSYS_NFTABLES || message.Payload[0] != (byte)family || TableOf(message) != table)
            {
                continue;
            }

            if (message.Type == ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_DELTABLE))
            {
                (found, chains, sets, rules) = (null, [], [], []);
            }
            else if (NftTableReader.Parse(message) is { } made)
            {
                found ??= made;
            }
            else if (NftChainReader.Parse(message) is { } chain)
            {
                chains.Add(chain.Chain);
            }
            else if (NftSetReader.Parse(message) is { } set)
            {
                sets.Add(set.Set);
            }
            else if (NftRuleReader.Parse(message) is { } rule)
            {
                rules.Add(rule);
            }
        }

        ILookup<string, NftRuleReader> byChain = rules.ToLookup(rule => rule.Chain, StringComparer.Ordinal);
        return found is null
            ? null
            : found with
            {
                Chains = [.. chains.Select(chain => chain with { Rules = [.. byChain[chain.Name].Select(rule => new NftChainRule(rule.Handle, rule.Rule))] })],
                Sets = sets,
            };
    }

    private static string? TableOf(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == NFTA_TABLE_NAME)   // attribute 1 is the table in all of them
            {
                return attribute.AsString();
            }
        }

        return null;
    }
}

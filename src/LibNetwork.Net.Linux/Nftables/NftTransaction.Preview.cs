using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <content>What the changes written down so far come to.</content>
public sealed partial class NftTransaction
{
    /// <summary>
    /// The table as the transaction would make it where there is none: chains, rules, sets and the elements that are added, to be compared with one
    /// that was read, or shown. Handles are 0.
    /// </summary>
    /// <returns>The table, or <see langword="null"/> when the transaction does not make it.</returns>
    public NftTable? Preview(NftFamily family, string table)
    {
        NftTable? found = null;
        List<NftChain> chains = [];
        List<(NftSet Set, NftElementReader Reader, List<List<(NftElement Element, bool IsEnd)>> Added)> sets = [];
        List<NftRuleReader> rules = [];
        NetlinkMessageReader reader = new(_batch.Bytes);
        while (reader.TryRead(out NetlinkMessage message))
        {
            // Attribute 1 is the table in all of them.
            if (message.Type >> 8 != NFNL_SUBSYS_NFTABLES || message.Payload[0] != (byte)family || TextOf(message, NFTA_TABLE_NAME) != table)
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
                sets.Add((set.Set, new NftElementReader(set), []));
            }
            else if (message.Type == ((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWSETELEM))
            {
                string? name = TextOf(message, NFTA_SET_ELEM_LIST_SET);
                (_, NftElementReader elements, List<List<(NftElement Element, bool IsEnd)>> added) = sets.Find(made => made.Set.Name == name);
                added.Add(elements.Parse(message)!);   // it is such a message
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
                Sets = [.. sets.Select(static made => made.Set with { Elements = made.Reader.Complete(made.Added) })],
            };
    }

    private static string? TextOf(in NetlinkMessage message, ushort type)
    {
        NetlinkAttributeReader attributes = message.Attributes(NfGenMessageSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == type)
            {
                return attribute.AsString();
            }
        }

        return null;
    }
}

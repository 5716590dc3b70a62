using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>Brings a table to hold the elements that are wanted, by the fewest changes.</summary>
/// <remarks>
/// Replacing a table drops packets that are on their way: such a packet goes by the old rules, and no longer finds what was in their sets.
/// So a table that an earlier process made stays, if it has the rules of this version, and only what differs is changed.
/// </remarks>
internal static class TableContents
{
    /// <summary>A table as it is made, without elements.</summary>
    public static NftTable Preview(NftSocket socket, NftFamily family, string name, Action<NftTransaction> create)
    {
        NftTransaction transaction = socket.Begin();   // never committed: the next one that begins forgets it
        create(transaction);
        return transaction.Preview(family, name) ?? throw new InvalidOperationException($"Creating table {name} does not make it.");
    }

    public static void Replace(
        NftTransaction transaction, NftTable? present, bool isComplete, NftFamily family, string name, string shape, Action<NftTransaction> create,
        IEnumerable<(string Set, NftElement Element)> wanted, IReadOnlySet<(string Set, NftElement Element)>? passing = null)
    {
        HashSet<(string Set, NftElement Element)> missing = [.. wanted];
        if (present is null || present.Comment != shape || present.Chains.Any(chain => chain.Rules.Count == 0))
        {
            create(transaction);
        }
        else
        {
            foreach (NftSet set in present.Sets)
            {
                foreach (NftElement element in set.Elements)
                {
                    if (!missing.Remove((set.Name, element)) && isComplete && passing?.Contains((set.Name, element)) != true)
                    {
                        transaction.DeleteElement(family, name, set.Name, element);
                    }
                }
            }
        }

        foreach ((string set, NftElement element) in missing)
        {
            transaction.AddElement(family, name, set, element);
        }
    }
}

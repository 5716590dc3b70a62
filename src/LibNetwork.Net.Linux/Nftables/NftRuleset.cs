using System.Globalization;
using System.Text;

namespace LibNetwork.Linux.Nftables;

/// <summary>The rule set of a namespace, or a part of it, as it was at one moment.</summary>
/// <param name="Generation">The kernel's count of changes; the same number means the same rule set.</param>
/// <param name="Tables">The tables.</param>
public sealed record NftRuleset(uint Generation, IReadOnlyList<NftTable> Tables)
{
    /// <summary>Finds a table.</summary>
    /// <returns>The table, or <see langword="null"/>.</returns>
    public NftTable? Find(NftFamily family, string table)
        => Tables.FirstOrDefault(found => found.Family == family && string.Equals(found.Name, table, StringComparison.Ordinal));

    /// <summary>Readable text: the layout of <c>nft -a list ruleset</c> with rules as <c>nft --debug=netlink</c> prints them.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (NftTable table in Tables)
        {
            Append(text, table);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, NftTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"table {NftSubject.FamilyName(table.Family)} {table.Name} {{ # handle {table.Handle}\n");
        foreach (NftSet set in table.Sets)
        {
            text.Append(CultureInfo.InvariantCulture, $"\t{(set.IsMap ? "map" : "set")} {set.Name} {{ # handle {set.Handle}\n");
            text.Append(CultureInfo.InvariantCulture, $"\t\ttype {set.TypeText}\n");
            foreach (NftElement element in set.Elements)
            {
                text.Append(CultureInfo.InvariantCulture, $"\t\telement {element}\n");
            }

            text.Append("\t}\n");
        }

        foreach (NftChain chain in table.Chains)
        {
            text.Append(CultureInfo.InvariantCulture, $"\tchain {chain.Name} {{ # handle {chain.Handle}\n");
            if (chain.Hook is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"\t\ttype {chain.Type} hook {chain.Hook} priority {chain.Priority} policy {chain.Policy}\n");
            }

            foreach (NftChainRule rule in chain.Rules)
            {
                text.Append(CultureInfo.InvariantCulture, $"\t\t# handle {rule.Handle}\n\t\t{rule.Rule.ToString().Replace("\n", "\n\t\t", StringComparison.Ordinal)}\n");
            }

            text.Append("\t}\n");
        }

        text.Append("}\n");
    }
}

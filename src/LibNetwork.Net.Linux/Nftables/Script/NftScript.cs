using System.Globalization;
using System.Text;

namespace LibNetwork.Linux.Nftables.Script;

/// <summary>Writes tables in the language of the <c>nft</c> program, to be loaded with <c>nft -f</c>.</summary>
/// <remarks>
/// What is loaded from it does what the table did, and reads the same, with two exceptions: nft puts a check of the protocol before fields of a
/// header, and where its language has no words for the question that a rule asks a set, the rule asks a copy of the set that is declared in
/// other words.
/// </remarks>
public static class NftScript
{
    /// <summary>A script that, in one transaction, removes a table of this name if there is one.</summary>
    public static string Remove(NftFamily family, string table)
    {
        NftName.Check(table, nameof(table));
        string name = $"table {NftSubject.FamilyName(family)} {table}";
        return $"{name}\ndelete {name}\n";   // what was added for sure can be deleted for sure
    }

    /// <summary>A script that makes a table, where there is none.</summary>
    /// <exception cref="NotSupportedException">A rule, set or name is of a kind that is not written here; it is named.</exception>
    public static string Create(NftTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        NftScriptSets sets = new(table.Sets);
        StringBuilder chains = new();
        foreach (NftChain chain in table.Chains)
        {
            AppendChain(chains, table.Family, chain, sets);
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"table {NftSubject.FamilyName(table.Family)} {table.Name} {{\n");
        if (table.Comment is { } comment)
        {
            text.Append(CultureInfo.InvariantCulture, $"\tcomment {NftScriptText.Quote(comment)}\n");
        }

        return text.Append(sets.Declarations()).Append(chains).Append("}\n").ToString();
    }

    private static void AppendChain(StringBuilder text, NftFamily family, NftChain chain, NftScriptSets sets)
    {
        text.Append(CultureInfo.InvariantCulture, $"\tchain {chain.Name} {{\n");
        if (chain is { Hook: { } hook, Type: { } type })
        {
            string policy = chain.Policy == NftPolicy.Drop ? "drop" : "accept";
            text.Append(
                CultureInfo.InvariantCulture,
                $"\t\ttype {NftTransaction.NameOf(type)} hook {hook.ToString().ToLowerInvariant()} priority {chain.Priority}; policy {policy};\n");
        }

        foreach (NftChainRule rule in chain.Rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"\t\t{new NftScriptRule(family, sets).Write(rule.Rule)}\n");
        }

        text.Append("\t}\n");
    }
}

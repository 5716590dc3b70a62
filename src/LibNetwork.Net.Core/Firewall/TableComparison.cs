using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Firewall;

/// <summary>How a table of ours differs from what it should be.</summary>
/// <param name="HasShape">Whether chains, rules and sets are as they should be, so that only elements can differ.</param>
/// <param name="Findings">The differences.</param>
internal sealed record TableComparison(bool HasShape, IReadOnlyList<Finding> Findings)
{
    /// <summary>Compares a table.</summary>
    /// <param name="present">The table as it is; <see langword="null"/> when there is none.</param>
    /// <param name="wanted">The table as it should be, without elements.</param>
    /// <param name="isComplete">Whether no other elements may be there.</param>
    /// <param name="elements">The elements that should be there.</param>
    /// <param name="passing">Elements that may be there as well, because they leave by themselves.</param>
    public static TableComparison Of(
        NftTable? present, NftTable wanted, bool isComplete, IEnumerable<(string Set, NftElement Element)> elements,
        IReadOnlySet<(string Set, NftElement Element)>? passing = null)
    {
        string name = $"{wanted.Family.ToString().ToLowerInvariant()} {wanted.Name}";
        if (present is null)
        {
            return new TableComparison(HasShape: false, [Difference($"table {name}", "no such table")]);
        }

        List<Finding> findings = [.. CompareChains(present, wanted, name), .. CompareSets(present, wanted, name)];
        bool hasShape = findings.Count == 0;
        findings.AddRange(CompareElements(present, isComplete, elements, passing, name));
        return new TableComparison(hasShape, findings);
    }

    private static IEnumerable<Finding> CompareChains(NftTable present, NftTable wanted, string table)
    {
        foreach (NftChain chain in wanted.Chains)
        {
            string name = $"chain {table} {chain.Name}";
            if (present.FindChain(chain.Name) is not { } found)
            {
                yield return Difference(name, "no such chain");
            }
            else if ((found.Hook, found.Type, found.Priority, found.Policy) != (chain.Hook, chain.Type, chain.Priority, chain.Policy))
            {
                yield return Difference(
                    $"{name} at {chain.Hook}, {chain.Priority}, {chain.Policy}", $"at {found.Hook}, {found.Priority}, {found.Policy}");
            }
            else if (!found.Rules.Select(rule => rule.Rule).SequenceEqual(chain.Rules.Select(rule => rule.Rule)))
            {
                yield return Difference($"{name} with its {chain.Rules.Count} rules", $"{found.Rules.Count} rules, not the same");
            }
        }

        foreach (NftChain chain in present.Chains.Where(chain => wanted.FindChain(chain.Name) is null))
        {
            yield return Difference($"no chain {table} {chain.Name}", "a chain that somebody else put there");
        }
    }

    private static IEnumerable<Finding> CompareSets(NftTable present, NftTable wanted, string table)
    {
        foreach (NftSet set in wanted.Sets)
        {
            if (present.FindSet(set.Name) is not { } found)
            {
                yield return Difference($"set {table} {set.Name}", "no such set");
            }
            else if (!IsSameKind(found, set))
            {
                yield return Difference($"set {table} {set.Name}", "a set of another type");
            }
        }
    }

    private static bool IsSameKind(NftSet found, NftSet wanted)
        => found.Key.SequenceEqual(wanted.Key) && found.Data.SequenceEqual(wanted.Data) && found.IsVerdictMap == wanted.IsVerdictMap
            && found.Interval == wanted.Interval && found.Timeout == wanted.Timeout;

    private static IEnumerable<Finding> CompareElements(
        NftTable present, bool isComplete, IEnumerable<(string Set, NftElement Element)> elements,
        IReadOnlySet<(string Set, NftElement Element)>? passing, string table)
    {
        HashSet<(string Set, NftElement Element)> missing = [.. elements];
        Dictionary<string, int> foreign = [];
        foreach (NftSet set in present.Sets)
        {
            foreach (NftElement element in set.Elements)
            {
                if (!missing.Remove((set.Name, element)) && isComplete && passing?.Contains((set.Name, element)) != true)
                {
                    foreign[set.Name] = foreign.GetValueOrDefault(set.Name) + 1;
                }
            }
        }

        foreach (IGrouping<string, (string Set, NftElement Element)> group in missing.GroupBy(pair => pair.Set, StringComparer.Ordinal))
        {
            yield return Difference($"elements of set {table} {group.Key}", $"{group.Count()} are missing, such as {group.First().Element}");
        }

        foreach ((string set, int count) in foreign)
        {
            yield return Difference($"only our elements in set {table} {set}", $"{count} that somebody else put there");
        }
    }

    private static Finding Difference(string wanted, string found)
        => new() { Kind = FindingKind.FirewallChanged, Subject = "firewall", Wanted = wanted, Found = found };
}

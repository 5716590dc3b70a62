using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Firewall.Foreign;

/// <summary>How the rules of ours in a chain of somebody else differ from what they should be.</summary>
/// <remarks>
/// They stand behind all rules of others, in the place of the chain's policy and of nothing else: whatever somebody wrote a rule for goes by that rule.
/// </remarks>
internal sealed class ForeignChainComparison
{
    private readonly ForeignChain _foreign;
    private readonly List<NftChainRule> _superfluous = [];
    private readonly List<ForeignAccept> _missing = [];

    private ForeignChainComparison(ForeignChain foreign) => _foreign = foreign;

    private bool Differs => _superfluous.Count + _missing.Count > 0;

    /// <summary>Compares all chains of others.</summary>
    /// <param name="ruleset">The chains of all tables.</param>
    /// <param name="networks">The networks whose packets should pass.</param>
    /// <param name="known">The networks whose rules may be removed; <see langword="null"/> for all, also those of an earlier process.</param>
    /// <returns>The chains in which something is to be changed.</returns>
    public static IReadOnlyList<ForeignChainComparison> Of(
        NftRuleset ruleset, IReadOnlyCollection<FirewallNetwork> networks, IReadOnlyCollection<NetworkId>? known)
    {
        HashSet<string>? removable = known?.Select(static id => id.Value).ToHashSet(StringComparer.Ordinal);

        // A table with an owner takes changes from nobody else; that its chain drops is a finding of the diagnosis.
        return [.. ForeignChain.In(ruleset).Where(static foreign => !foreign.Table.HasOwner)
            .Select(foreign => Of(foreign, networks, removable)).Where(static comparison => comparison.Differs)];
    }

    /// <summary>Writes down what makes the chain as it should be.</summary>
    public void Write(NftTransaction transaction)
    {
        (NftFamily family, string table, string chain) = (_foreign.Table.Family, _foreign.Table.Name, _foreign.Chain.Name);
        foreach (NftChainRule rule in _superfluous)
        {
            transaction.DeleteRule(family, table, chain, rule.Handle);
        }

        foreach (ForeignAccept accept in _missing)
        {
            transaction.AddRule(family, table, chain, accept.ToRule());
        }
    }

    /// <summary>The differences.</summary>
    public IEnumerable<Finding> Findings()
    {
        foreach (ForeignAccept accept in _missing)
        {
            yield return new Finding
            {
                Kind = FindingKind.ForeignDrop,
                Subject = $"chain {_foreign.Name}",
                NetworkId = accept.NetworkId,
                Wanted = $"{accept} pass where no rule decides",
                Found = "its policy drops them, and no rule of ours is behind all others",
            };
        }

        int left = _superfluous.Count(rule => !_missing.Any(accept => accept.NetworkId.Value == ForeignAccept.OwnerOf(rule.Rule)));
        if (left > 0)
        {
            yield return new Finding
            {
                Kind = FindingKind.FirewallChanged,
                Subject = $"chain {_foreign.Name}",
                Wanted = "only those rules of ours that a network needs",
                Found = $"{left} more",
            };
        }
    }

    private static ForeignChainComparison Of(ForeignChain foreign, IReadOnlyCollection<FirewallNetwork> networks, HashSet<string>? removable)
    {
        ForeignChainComparison comparison = new(foreign);
        IReadOnlyList<NftChainRule> rules = foreign.Chain.Rules;
        NftChainRule[] foreigners = [.. rules.Where(static rule => ForeignAccept.OwnerOf(rule.Rule) is null)];
        ForeignChain bare = foreign with { Chain = foreign.Chain with { Rules = foreigners } };
        Dictionary<NftRule, ForeignAccept> wanted = networks.SelectMany(network => ForeignAccept.NeededBy(network, bare))
            .ToDictionary(static accept => accept.ToRule());
        bool isBehindAll = true;
        foreach (NftChainRule rule in rules.Reverse())
        {
            if (ForeignAccept.OwnerOf(rule.Rule) is not { } owner)
            {
                isBehindAll = false;
            }
            else if (removable?.Contains(owner) != false && !(isBehindAll && wanted.Remove(rule.Rule)))
            {
                comparison._superfluous.Add(rule);
            }
        }

        comparison._missing.AddRange(wanted.Values);
        return comparison;
    }
}

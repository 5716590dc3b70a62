using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>Follows a flow under all answers to what is not known, and says whether they make a difference.</summary>
internal sealed class FlowInquiry(Surroundings surroundings, IReadOnlyList<string> legacyTables)
{
    private const int MaxAlternatives = 64;

    /// <summary>Explains a flow.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="subject">It in words.</param>
    /// <param name="begin">Sends its first packet on its way.</param>
    /// <param name="expectsAnswer">Whether the sender is where answers go to; who gives a false address does not hear them.</param>
    public FlowExplanation Explain(Flow flow, string subject, Func<FlowPath, FlowVerdict> begin, bool expectsAnswer = true)
    {
        Alternatives alternatives = new();
        FlowPath path = new(surroundings, alternatives);
        FlowVerdict first = Follow(path), verdict = first;
        HashSet<string> unknowns = [.. alternatives.Unknowns];
        for (int tried = 1; verdict != FlowVerdict.Unknown && alternatives.Advance(); tried++)
        {
            bool isSame = tried < MaxAlternatives && Follow(new FlowPath(surroundings, alternatives)) == first;
            verdict = isSame ? verdict : FlowVerdict.Unknown;
            unknowns.UnionWith(alternatives.Unknowns);
        }

        return new FlowExplanation
        {
            Flow = flow,
            Subject = subject,
            Verdict = verdict,
            Steps = path.Trace.Steps,
            Decision = verdict == first ? DecisionOf(verdict, path.Trace.Steps) : null,
            Unknowns = [.. unknowns, .. Unseen()],
        };

        FlowVerdict Follow(FlowPath way) => expectsAnswer ? way.Follow(begin) : begin(way);
    }

    private static FlowStep? DecisionOf(FlowVerdict verdict, IReadOnlyList<FlowStep> steps)
        => verdict == FlowVerdict.Allowed ? steps.LastOrDefault(static step => step.Rule is { Verdict: "accept" }) : steps.Count > 0 ? steps[^1] : null;

    private IEnumerable<string> Unseen()
    {
        if (legacyTables.Count > 0)
        {
            yield return $"what the rules of iptables-legacy say (tables {string.Join(", ", legacyTables.Distinct())})";
        }

        foreach (NftTable table in surroundings.Host.Rules.Tables.Where(static table => !table.IsDormant))
        {
            foreach (NftChain chain in table.Chains.Where(chain => chain is { Type: not null, Hook: null } && table.Family != NftFamily.Arp))
            {
                yield return $"what chain {RuleText.FamilyName(table.Family)} {table.Name} {chain.Name} says, which sees packets at an interface";
            }
        }
    }
}

using LibNetwork.Firewall;
using LibNetwork.Linux.Nftables;
using LibNetwork.ServiceDiscovery.Listening;

namespace LibNetwork.Flows;

/// <summary>Runs a base chain, with the chains that it leads to, on a packet.</summary>
internal sealed class ChainRun(NftTable table, NftHook hook, IRouting routing, Alternatives alternatives, FlowTrace trace)
{
    private const string OverlayTable = "libnetwork_overlay";   // the overlay driver's: who may send to a tunnel
    private const int MaxDepth = 16;   // the kernel's own limit of jumps

    public Fate Run(NftChain chain, ref Packet packet)
    {
        if (Walk(chain, ref packet, depth: 0) is { } fate)
        {
            return fate;
        }

        if (chain.Policy != NftPolicy.Drop)
        {
            return Fate.Passes;
        }

        trace.AddRule(RuleOf(chain, rule: null, "policy drop", "drop"), packet, packet);
        return Fate.Dropped;
    }

    /// <returns>The end of the packet's way through the base chain, or <see langword="null"/> when the chain lets it go on.</returns>
    private Fate? Walk(NftChain chain, ref Packet packet, int depth)
    {
        foreach (NftChainRule rule in chain.Rules)
        {
            RuleOutcome outcome = new RuleRun(table, rule.Rule, routing, alternatives, () => $"whether it matches: {RuleOf(chain, rule)}").Run(packet);
            Packet before = packet;
            packet = outcome.Packet;
            Record(chain, rule, outcome, before);
            switch (outcome.Effect)
            {
                case RuleEffect.Accepts or RuleEffect.Translates:
                    return Fate.Passes;
                case RuleEffect.Drops:
                    return Fate.Dropped;
                case RuleEffect.Rejects:
                    return Fate.Rejected;
                case RuleEffect.IsUnknowable:
                    return Fate.Unknowable;
                case RuleEffect.Returns:
                    return null;
                case RuleEffect.Jumps or RuleEffect.GoesTo when outcome.Chain is { } name && table.FindChain(name) is { } next && depth < MaxDepth:
                    Fate? fate = Walk(next, ref packet, depth + 1);
                    if (fate is not null || outcome.Effect == RuleEffect.GoesTo)
                    {
                        return fate;
                    }

                    break;
            }
        }

        return null;
    }

    private void Record(NftChain chain, NftChainRule rule, RuleOutcome outcome, Packet before)
    {
        if (outcome.Effect is RuleEffect.None or RuleEffect.Returns or RuleEffect.Jumps or RuleEffect.GoesTo)
        {
            return;   // it decides nothing
        }

        FlowRule found = RuleOf(chain, rule);
        string verdict = outcome.Effect switch
        {
            RuleEffect.Accepts => "accept",
            RuleEffect.Drops => "drop",
            RuleEffect.Rejects => "reject",
            _ => found.Verdict,
        };
        trace.AddRule(found with { Verdict = verdict }, before, outcome.Packet);
    }

    private FlowRule RuleOf(NftChain chain, NftChainRule rule)
    {
        RuleText text = new(table, rule.Rule);
        return RuleOf(chain, rule, text.ToString(), text.Action);
    }

    private FlowRule RuleOf(NftChain chain, NftChainRule? rule, string text, string verdict) => new()
    {
        Family = RuleText.FamilyName(table.Family),
        Table = table.Name,
        Chain = chain.Name,
        Hook = hook.ToString().ToLowerInvariant(),
        Text = text,
        Comment = rule is null ? null : rule.Rule.Comment ?? IptablesExtensions.CommentOf(rule.Rule),
        Handle = rule?.Handle ?? 0,
        Verdict = verdict,
        IsOurs = table.Name is RoutedTable.Table or PortRedirection.Table or OverlayTable,
    };
}

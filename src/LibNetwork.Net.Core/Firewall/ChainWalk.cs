using System.Text;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>
/// Follows a new connection's first packet, of which only the interface that it comes in or goes out by is known, through a chain. A rule
/// whose conditions are not known does not match: so it tells what happens to a packet that no rule was written for.
/// </summary>
internal sealed class ChainWalk(NftTable table, string? iif, string? oif)
{
    private const int MaxDepth = 16;   // the kernel's own limit of jumps
    private const int NameLength = 16;   // IFNAMSIZ

    /// <summary>What becomes of the packet in a base chain.</summary>
    public ChainOutcome Decide(NftChain chain) => Walk(chain, depth: 0) switch
    {
        NftVerdictKind.Drop => ChainOutcome.DroppedByRule,
        null when chain.Policy == NftPolicy.Drop => ChainOutcome.DroppedByPolicy,
        _ => ChainOutcome.Accepted,
    };

    /// <returns>The end of the packet's way, or <see langword="null"/> when the chain lets it go on.</returns>
    private NftVerdictKind? Walk(NftChain chain, int depth)
    {
        foreach (NftChainRule found in chain.Rules)
        {
            if (!Matches(found.Rule, out NftExpression? action))
            {
                continue;
            }

            switch (action)
            {
                case NftRejectExpression or NftUnknownExpression:
                    return NftVerdictKind.Drop;
                case NftVerdictExpression { Verdict.Kind: NftVerdictKind.Drop or NftVerdictKind.Accept } decided:
                    return decided.Verdict.Kind;
                case NftVerdictExpression { Verdict.Kind: NftVerdictKind.Return }:
                    return null;
                case NftVerdictExpression { Verdict: { Chain: { } name } verdict } when table.FindChain(name) is { } next && depth < MaxDepth:
                    NftVerdictKind? outcome = Walk(next, depth + 1);
                    if (outcome is not null || verdict.Kind == NftVerdictKind.Goto)
                    {
                        return outcome;
                    }

                    break;
            }
        }

        return null;
    }

    /// <summary>Whether a rule is known to match, and what it then does.</summary>
    private bool Matches(NftRule rule, out NftExpression? action)
    {
        action = null;
        Dictionary<int, string> names = [];   // interfaces' names in registers
        foreach (NftExpression expression in rule.Expressions)
        {
            switch (expression)
            {
                case NftMetaExpression { IsSet: false, Key: NftMetaKey.IifName } load when iif is not null:
                    names[load.Register] = iif;
                    break;
                case NftMetaExpression { IsSet: false, Key: NftMetaKey.OifName } load when oif is not null:
                    names[load.Register] = oif;
                    break;
                case NftMetaExpression { IsSet: false } load:
                    names.Remove(load.Register);
                    break;
                case NftCompareExpression { Comparison: NftComparison.Equal or NftComparison.NotEqual } compare when names.TryGetValue(compare.Register, out string? name):
                    if (IsEqual(name, compare.Value) != (compare.Comparison == NftComparison.Equal))
                    {
                        return false;
                    }

                    break;
                case NftCounterExpression or NftLogExpression or NftUnknownExpression { Remark: not null }:
                    break;
                case NftVerdictExpression or NftRejectExpression or NftUnknownExpression { Name: "target", Extension: "REJECT" }:
                    action = expression;
                    break;
                default:
                    return false;   // a condition that nobody knows the answer to
            }
        }

        return action is not null;
    }

    // A value without its last zero byte is a prefix: "br-*".
    private static bool IsEqual(string name, NftBytes value)
    {
        byte[] padded = new byte[NameLength];
        Encoding.UTF8.GetBytes(name, padded);
        return value.Length <= NameLength && padded.AsSpan(0, value.Length).SequenceEqual(value.Span);
    }
}

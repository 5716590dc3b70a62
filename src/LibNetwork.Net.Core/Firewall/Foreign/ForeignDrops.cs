using LibNetwork.Controller;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Firewall.Foreign;

/// <summary>Finds chains of others that drop the first packet which a network sends or receives.</summary>
internal static class ForeignDrops
{
    private const int Shown = 3;

    /// <summary>Finds them.</summary>
    /// <param name="kernel">The host.</param>
    /// <param name="networks">The networks, each with its interface.</param>
    /// <param name="integrates">Whether rules of ours see to it that no policy drops; then only what nobody sees to is found.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn.</param>
    public static async ValueTask<IReadOnlyList<Finding>> FindAsync(
        HostKernel kernel, IReadOnlyList<(Network Network, string Interface)> networks, bool integrates, CancellationToken cancellationToken)
        => networks.Count == 0
            ? []
            : Find(await kernel.RunAsync(static (session, _) => session.Nftables.ReadChains(ForeignChain.CanBeIn), 0, cancellationToken).ConfigureAwait(false), networks, integrates);

    private static List<Finding> Find(NftRuleset ruleset, IReadOnlyList<(Network Network, string Interface)> networks, bool integrates)
    {
        List<Finding> findings = [];
        foreach (ForeignChain foreign in ForeignChain.In(ruleset))
        {
            bool isSeenTo = integrates && !foreign.Table.HasOwner;
            foreach ((ChainOutcome outcome, string cause) in new[]
            {
                (ChainOutcome.DroppedByPolicy, "its policy is to drop"),
                (ChainOutcome.DroppedByRule, "it has a rule that drops"),
            })
            {
                (Network Network, string Interface)[] hurt = [.. networks.Where(network => IsHurt(foreign, network.Network, network.Interface, outcome))];
                if (hurt.Length > 0 && !(isSeenTo && outcome == ChainOutcome.DroppedByPolicy))
                {
                    findings.Add(Of(foreign, cause, hurt));
                }
            }
        }

        return findings;
    }

    private static bool IsHurt(ForeignChain foreign, Network network, string name, ChainOutcome outcome)
    {
        if (!foreign.Sees(network.State.EnableIPv4, network.State.EnableIPv6))
        {
            return false;
        }

        ChainOutcome sent = foreign.Decide(iif: name), received = foreign.Decide(oif: name);
        bool byRule = sent == ChainOutcome.DroppedByRule || received == ChainOutcome.DroppedByRule;
        return outcome == ChainOutcome.DroppedByRule ? byRule : !byRule && (sent == outcome || received == outcome);
    }

    private static Finding Of(ForeignChain foreign, string cause, (Network Network, string Interface)[] hurt)
    {
        string interfaces = string.Join(", ", hurt.Take(Shown).Select(static network => $"\"{network.Interface}\"")) + (hurt.Length > Shown ? ", ..." : string.Empty);
        string holder = foreign.Table.HasOwner ? ", in the program that owns the table" : string.Empty;
        return new Finding
        {
            Kind = FindingKind.ForeignDrop,
            Subject = hurt.Length == 1 ? hurt[0].Network.Subject : $"{hurt.Length} networks",
            NetworkId = hurt.Length == 1 ? hurt[0].Network.Id : null,
            Wanted = $"packets to and from {interfaces} are forwarded",
            Found = $"chain {foreign.Name} drops them: {cause}, and no rule lets new connections of these interfaces pass",
            Remedy = $"add rules to chain {foreign.Name} that accept what comes in by and goes out by {interfaces}{holder}",
            CanBeRepaired = false,
        };
    }
}

using LibNetwork.Controller;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Firewall;

/// <summary>Finds chains of others, nft's or iptables-nft's, that drop the first packet which a network sends or receives.</summary>
internal static class ForeignDrops
{
    private const int Shown = 3;

    public static async ValueTask<IReadOnlyList<Finding>> FindAsync(
        HostKernel kernel, IReadOnlyList<(Network Network, string Interface)> networks, CancellationToken cancellationToken)
        => networks.Count == 0
            ? []
            : Find(await kernel.RunAsync(static (session, _) => session.Nftables.ReadChains(), 0, cancellationToken).ConfigureAwait(false), networks);

    private static List<Finding> Find(NftRuleset ruleset, IReadOnlyList<(Network Network, string Interface)> networks)
    {
        List<Finding> findings = [];
        foreach (NftTable table in ruleset.Tables.Where(table => IsRouted(table.Family) && table.Name != RoutedTable.Table))
        {
            foreach (NftChain chain in table.Chains.Where(chain => chain is { Hook: NftHook.Forward, Type: not NftChainType.Nat }))
            {
                (Network Network, string Interface)[] hurt =
                    [.. networks.Where(network => Serves(network.Network, table.Family) && (Drops(table, chain, iif: network.Interface) || Drops(table, chain, oif: network.Interface)))];
                if (hurt.Length > 0)
                {
                    findings.Add(Of(table, chain, hurt));
                }
            }
        }

        return findings;
    }

    private static bool Drops(NftTable table, NftChain chain, string? iif = null, string? oif = null)
        => new ChainWalk(table, iif, oif).Decide(chain) == NftVerdictKind.Drop;

    private static bool IsRouted(NftFamily family) => family is NftFamily.Inet or NftFamily.IPv4 or NftFamily.IPv6;

    private static bool Serves(Network network, NftFamily family) => family switch
    {
        NftFamily.IPv4 => network.State.EnableIPv4,
        NftFamily.IPv6 => network.State.EnableIPv6,
        _ => true,
    };

    private static Finding Of(NftTable table, NftChain chain, (Network Network, string Interface)[] hurt)
    {
        string name = $"{NameOf(table.Family)} {table.Name} {chain.Name}";
        string interfaces = string.Join(", ", hurt.Take(Shown).Select(network => $"\"{network.Interface}\"")) + (hurt.Length > Shown ? ", ..." : string.Empty);
        string cause = chain.Policy == NftPolicy.Drop ? "its policy is to drop" : "it has a rule that drops";
        return new Finding
        {
            Kind = FindingKind.ForeignDrop,
            Subject = hurt.Length == 1 ? hurt[0].Network.Subject : $"{hurt.Length} networks",
            NetworkId = hurt.Length == 1 ? hurt[0].Network.Id : null,
            Wanted = $"packets to and from {interfaces} are forwarded",
            Found = $"chain {name} drops them: {cause}, and no rule lets new connections of these interfaces pass",
            Remedy = $"add rules to chain {name} that accept what comes in by and goes out by {interfaces}",
            CanBeRepaired = false,
        };
    }

    private static string NameOf(NftFamily family) => family switch
    {
        NftFamily.IPv4 => "ip",
        NftFamily.IPv6 => "ip6",
        _ => "inet",
    };
}

using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall.Foreign;

/// <summary>A chain of somebody else, nft's or iptables-nft's, that packets pass on their way through the host.</summary>
internal sealed record ForeignChain(NftTable Table, NftChain Chain)
{
    /// <summary>Family, table and chain, as <c>nft</c> says them.</summary>
    public string Name => $"{FamilyName} {Table.Name} {Chain.Name}";

    private string FamilyName => Table.Family switch
    {
        NftFamily.IPv4 => "ip",
        NftFamily.IPv6 => "ip6",
        _ => "inet",
    };

    /// <summary>Whether a table is somebody else's and can have such chains.</summary>
    public static bool CanBeIn(NftTable table)
        => table.Family is NftFamily.Inet or NftFamily.IPv4 or NftFamily.IPv6 && table.Name != RoutedTable.Table;

    /// <summary>The chains of others in a rule set; one that packets of no network pass is not among them.</summary>
    public static IEnumerable<ForeignChain> In(NftRuleset ruleset)
        => ruleset.Tables
            .Where(CanBeIn)
            .SelectMany(static table => table.Chains.Select(chain => new ForeignChain(table, chain)))
            .Where(static foreign => foreign.Chain is { Hook: NftHook.Forward, Type: not NftChainType.Nat });

    /// <summary>Whether it sees packets of a network with these address families.</summary>
    public bool Sees(bool hasIPv4, bool hasIPv6) => Table.Family switch
    {
        NftFamily.IPv4 => hasIPv4,
        NftFamily.IPv6 => hasIPv6,
        _ => hasIPv4 || hasIPv6,
    };

    /// <summary>What becomes of the first packet of a connection of which only these interfaces are known.</summary>
    public ChainOutcome Decide(string? iif = null, string? oif = null) => new ChainWalk(Table, iif, oif).Decide(Chain);
}

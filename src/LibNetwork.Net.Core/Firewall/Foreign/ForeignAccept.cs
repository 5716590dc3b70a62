using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall.Foreign;

/// <summary>A rule of ours in a chain of somebody else: it accepts what comes in or goes out by a network's interface.</summary>
/// <remarks>
/// Its conditions are those that iptables itself would write, one interface a rule. A set of interfaces would be one rule for all networks, but
/// iptables prints such a rule without its condition, and a list that is saved and restored would then accept everything.
/// </remarks>
internal sealed record ForeignAccept(NetworkId NetworkId, string? Iif, string? Oif)
{
    private const string Mark = "libnetwork: network ";

    /// <summary>The rule.</summary>
    public NftRule ToRule()
    {
        NftRule rule = new();
        if (Iif is not null)
        {
            rule.IifName(Iif);
        }

        if (Oif is not null)
        {
            rule.OifName(Oif);
        }

        return rule.Counter().Accept().WithComment(Mark + NetworkId);
    }

    /// <summary>The rules that a network needs in a chain, judged without rules of ours in it.</summary>
    public static IEnumerable<ForeignAccept> NeededBy(FirewallNetwork network, ForeignChain chain)
    {
        string name = network.Interface.Value;
        if (!chain.Sees(network.IPv4 is not null, network.IPv6 is not null))
        {
            yield break;
        }

        if (network.Internal)
        {
            // Where bridged packets pass the IP firewall, endpoints of one bridge meet it too.
            if (chain.Decide(iif: name, oif: name) == ChainOutcome.DroppedByPolicy)
            {
                yield return new ForeignAccept(network.Id, Iif: name, Oif: name);
            }

            yield break;
        }

        if (chain.Decide(iif: name) == ChainOutcome.DroppedByPolicy)
        {
            yield return new ForeignAccept(network.Id, Iif: name, Oif: null);
        }

        if (chain.Decide(oif: name) == ChainOutcome.DroppedByPolicy)
        {
            yield return new ForeignAccept(network.Id, Iif: null, Oif: name);
        }
    }

    /// <summary>The id of the network that a rule of ours is for; <see langword="null"/> when it is somebody else's rule.</summary>
    public static string? OwnerOf(NftRule rule)
        => rule.Comment is { } comment && comment.StartsWith(Mark, StringComparison.Ordinal) ? comment[Mark.Length..] : null;

    /// <summary>What it lets pass, in words.</summary>
    public override string ToString() => (Iif, Oif) switch
    {
        (not null, not null) => $"packets within \"{Iif}\"",
        (not null, _) => $"packets that come in by \"{Iif}\"",
        _ => $"packets that go out by \"{Oif}\"",
    };
}

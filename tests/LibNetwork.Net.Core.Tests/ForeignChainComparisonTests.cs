using LibNetwork.Firewall;
using LibNetwork.Firewall.Foreign;
using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;

namespace LibNetwork.Core.Tests;

/// <summary>Which rules of ours a chain of somebody else needs.</summary>
public sealed class ForeignChainComparisonTests
{
    private const string Bridge = "br-web";

    private static readonly FirewallNetwork Web = new()
    {
        Id = new NetworkId("web"), Interface = new InterfaceName(Bridge), IPv4 = new FirewallFamily { Subnet = Subnet.Parse("10.0.0.0/24") },
    };

    private static NftRule In { get; } = new ForeignAccept(Web.Id, Iif: Bridge, Oif: null).ToRule();

    private static NftRule Out { get; } = new ForeignAccept(Web.Id, Iif: null, Oif: Bridge).ToRule();

    [Fact]
    public void A_policy_of_drop_needs_a_rule_for_each_way_and_one_of_accept_none()
    {
        Assert.Equal((2, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop)));
        Assert.Equal((2, 0), Missing(Ruleset(NftFamily.Inet, NftPolicy.Drop)));
        Assert.Equal((0, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Accept)));
    }

    [Fact]
    public void A_family_that_the_network_does_not_have_needs_none() => Assert.Equal((0, 0), Missing(Ruleset(NftFamily.IPv6, NftPolicy.Drop)));

    [Fact]
    public void An_internal_network_needs_one_for_what_stays_within()
        => Assert.Equal((1, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop), Web with { Internal = true }));

    [Fact]
    public void What_a_rule_of_others_decides_needs_none()
    {
        Assert.Equal((0, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop, new NftRule().Drop())));
        Assert.Equal((0, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop, new NftRule().Accept())));
        Assert.Equal((1, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop, new NftRule().IifName(Bridge).Accept())));
    }

    [Fact]
    public void Rules_that_are_there_and_behind_all_others_stay()
    {
        NftRule other = new NftRule().CtState(NftCtState.Established).Accept();

        Assert.Equal((0, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop, other, In, Out)));
        Assert.Equal((0, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop, Out, In)));
        Assert.Equal((1, 0), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Drop, In, other, Out)));   // one moves behind
    }

    [Fact]
    public void What_nobody_needs_is_too_much_but_not_when_its_network_may_live()
    {
        NftRule stranger = new ForeignAccept(new NetworkId("gone"), Iif: "br-gone", Oif: null).ToRule();
        NftRuleset twice = Ruleset(NftFamily.IPv4, NftPolicy.Drop, In, In, Out), left = Ruleset(NftFamily.IPv4, NftPolicy.Drop, stranger, In, Out);

        Assert.Equal((0, 1), Missing(twice));
        Assert.Equal((0, 1), Missing(left));
        Assert.Empty(ForeignChainComparison.Of(left, [Web], known: [Web.Id]));
        Assert.Equal((0, 2), Missing(Ruleset(NftFamily.IPv4, NftPolicy.Accept, In, Out)));   // the policy lets everything pass now
    }

    [Theory]
    [InlineData(NftHook.Input, NftChainType.Filter, false)]
    [InlineData(NftHook.Forward, NftChainType.Nat, false)]
    [InlineData(NftHook.Forward, NftChainType.Filter, true)]
    public void Other_hooks_chains_of_address_translation_and_tables_with_an_owner_are_left_alone(NftHook hook, NftChainType type, bool hasOwner)
    {
        NftRuleset ruleset = Ruleset(NftFamily.IPv4, NftPolicy.Drop);
        NftTable table = ruleset.Tables[0];

        Assert.Equal((0, 0), Missing(ruleset with
        {
            Tables = [table with { HasOwner = hasOwner, Chains = [table.Chains[0] with { Hook = hook, Type = type }] }],
        }));
    }

    private static (int Missing, int Superfluous) Missing(NftRuleset ruleset, FirewallNetwork? network = null)
    {
        Finding[] findings = [.. ForeignChainComparison.Of(ruleset, [network ?? Web], known: null).SelectMany(static comparison => comparison.Findings())];
        string? superfluous = findings.FirstOrDefault(static finding => finding.Kind == FindingKind.FirewallChanged)?.Found;
        return (findings.Count(static finding => finding.Kind == FindingKind.ForeignDrop), superfluous is null ? 0 : superfluous[0] - '0');
    }

    private static NftRuleset Ruleset(NftFamily family, NftPolicy policy, params NftRule[] rules) => new(1, [new NftTable(family, "filter", 1, null, [new NftChain
    {
        Name = "FORWARD",
        Handle = 1,
        Hook = NftHook.Forward,
        Type = NftChainType.Filter,
        Policy = policy,
        Rules = [.. rules.Select(static (rule, index) => new NftChainRule((ulong)index, rule))],
    }], [])]);
}

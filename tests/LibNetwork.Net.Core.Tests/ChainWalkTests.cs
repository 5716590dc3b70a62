using LibNetwork.Firewall;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Core.Tests;

/// <summary>What becomes of a packet of which only the interface is known.</summary>
public sealed class ChainWalkTests
{
    private const string Bridge = "br-web";

    [Fact]
    public void Without_rules_the_policy_decides()
    {
        Assert.Equal(ChainOutcome.Accepted, Walk(NftPolicy.Accept));
        Assert.Equal(ChainOutcome.DroppedByPolicy, Walk(NftPolicy.Drop));
    }

    [Fact]
    public void A_rule_without_conditions_decides_before_the_policy()
    {
        Assert.Equal(ChainOutcome.DroppedByRule, Walk(NftPolicy.Accept, new NftRule().Counter().Drop()));
        Assert.Equal(ChainOutcome.Accepted, Walk(NftPolicy.Drop, new NftRule().Accept(), new NftRule().Drop()));
    }

    [Fact]
    public void A_rule_for_the_interface_decides_and_one_for_another_does_not()
    {
        Assert.Equal(ChainOutcome.Accepted, Walk(NftPolicy.Drop, new NftRule().IifName(Bridge).Accept()));
        Assert.Equal(ChainOutcome.DroppedByPolicy, Walk(NftPolicy.Drop, new NftRule().IifName("eth0").Accept()));
        Assert.Equal(ChainOutcome.DroppedByRule, Walk(NftPolicy.Accept, new NftRule().IifNameNot("eth0").Drop()));
        Assert.Equal(ChainOutcome.Accepted, Walk(NftPolicy.Accept, new NftRule().IifNameNot(Bridge).Drop()));
    }

    [Fact]
    public void A_condition_that_is_not_known_never_matches()
    {
        Assert.Equal(ChainOutcome.DroppedByPolicy, Walk(NftPolicy.Drop, new NftRule().CtState(NftCtState.Established).Accept()));
        Assert.Equal(ChainOutcome.DroppedByPolicy, Walk(NftPolicy.Drop, new NftRule().IifName(Bridge).OifName("eth0").Accept()));
        Assert.Equal(ChainOutcome.DroppedByPolicy, Walk(NftPolicy.Drop, new NftRule().IifNameInSet("names").Accept()));
    }

    [Fact]
    public void Jumps_come_back_and_gotos_do_not()
    {
        NftChain decides = Chain("decides", policy: null, new NftRule().Drop());
        NftChain returns = Chain("returns", policy: null, new NftRule().Return(), new NftRule().Drop());

        Assert.Equal(ChainOutcome.DroppedByRule, Walk(NftPolicy.Accept, [new NftRule().Jump("decides"), new NftRule().Accept()], decides));
        Assert.Equal(ChainOutcome.Accepted, Walk(NftPolicy.Drop, [new NftRule().Jump("returns"), new NftRule().Accept()], returns));
        Assert.Equal(ChainOutcome.DroppedByPolicy, Walk(NftPolicy.Drop, [new NftRule().Goto("returns"), new NftRule().Accept()], returns));
    }

    private static ChainOutcome Walk(NftPolicy policy, params NftRule[] rules) => Walk(policy, rules, others: []);

    private static ChainOutcome Walk(NftPolicy policy, NftRule[] rules, params NftChain[] others)
    {
        NftChain chain = Chain("forward", policy, rules);
        return new ChainWalk(new NftTable(NftFamily.Inet, "theirs", 1, null, [chain, .. others], []), iif: Bridge, oif: null).Decide(chain);
    }

    private static NftChain Chain(string name, NftPolicy? policy, params NftRule[] rules) => new()
    {
        Name = name,
        Handle = 1,
        Policy = policy,
        Hook = policy is null ? null : NftHook.Forward,
        Rules = [.. rules.Select(static rule => new NftChainRule(1, rule))],
    };
}

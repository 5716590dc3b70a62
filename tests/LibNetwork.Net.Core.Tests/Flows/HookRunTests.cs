using System.Net;
using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Core.Tests.Flows;

/// <summary>In which order chains see a packet, and what ends its way.</summary>
public sealed class HookRunTests
{
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1"), Two = IPAddress.Parse("10.0.0.2"), Three = IPAddress.Parse("10.0.0.3");

    private static readonly Packet Sample = new()
    {
        Source = One, Destination = Two, Protocol = TransportProtocol.Udp, DestinationPort = 53, Input = FakeRouting.Wire, Output = FakeRouting.Bridge, IsTracked = true,
    };

    [Theory]
    [InlineData(NftPolicy.Accept, false)]
    [InlineData(NftPolicy.Drop, true)]
    public void At_the_end_of_a_chain_its_policy_decides(NftPolicy policy, bool drops)
    {
        (Fate fate, _, FlowTrace trace) = Ruleset.Pass(Sample, NftHook.Forward, Table(Filter(0, policy)));

        Assert.Equal(drops ? Fate.Dropped : Fate.Passes, fate);
        Assert.Equal(drops ? ["policy drop"] : [], trace.Steps.Select(static step => step.Rule!.Text));
    }

    [Fact]
    public void To_accept_ends_one_base_chain_and_to_drop_ends_all()
    {
        NftChain accepts = Filter(-10, NftPolicy.Drop, new NftRule().Accept()), drops = Filter(10, NftPolicy.Accept, new NftRule().Drop());

        (Fate both, _, FlowTrace trace) = Ruleset.Pass(Sample, NftHook.Forward, Table(drops, accepts));
        (Fate turned, _, FlowTrace first) = Ruleset.Pass(Sample, NftHook.Forward, Table(drops with { Priority = -20 }, accepts));

        Assert.Equal((Fate.Dropped, Fate.Dropped), (both, turned));
        Assert.Equal(["accept", "drop"], trace.Steps.Select(static step => step.Rule!.Text));
        Assert.Equal(["drop"], first.Steps.Select(static step => step.Rule!.Text));
    }

    [Fact]
    public void Tables_of_the_packets_family_and_of_both_are_seen_in_order_of_priority()
    {
        NftTable[] tables =
        [
            Ruleset.Table(NftFamily.Inet, [Filter(5, NftPolicy.Accept, new NftRule().Accept().WithComment("second"))]),
            Ruleset.Table(NftFamily.IPv4, [Filter(-5, NftPolicy.Accept, new NftRule().Accept().WithComment("first"))]),
            Ruleset.Table(NftFamily.IPv6, [Filter(0, NftPolicy.Drop)]),
            Ruleset.Table(NftFamily.Bridge, [Filter(0, NftPolicy.Drop)]),
        ];

        (Fate fate, _, FlowTrace trace) = Ruleset.Pass(Sample, NftHook.Forward, tables);

        Assert.Equal(Fate.Passes, fate);
        Assert.Equal(["first", "second"], trace.Steps.Select(static step => step.Rule!.Comment));
    }

    [Fact]
    public void Only_chains_of_the_hook_are_seen()
        => Assert.Equal(Fate.Passes, Ruleset.Pass(Sample, NftHook.Input, Table(Filter(0, NftPolicy.Drop))).Fate);

    [Fact]
    public void Jumps_come_back_and_gotos_do_not()
    {
        NftChain returns = Ruleset.Chain("returns", new NftRule().Return(), new NftRule().Drop()), falls = Ruleset.Chain("falls");

        Assert.Equal(Fate.Passes, Decide(new NftRule().Jump("returns"), new NftRule().Accept()));
        Assert.Equal(Fate.Dropped, Decide(new NftRule().Goto("returns"), new NftRule().Accept()));
        Assert.Equal(Fate.Dropped, Decide(new NftRule().Jump("falls"), new NftRule().Return(), new NftRule().Accept()));
        Assert.Equal(Fate.Rejected, Decide(new NftRule().Jump("falls"), new NftRule().Reject()));

        Fate Decide(params NftRule[] rules) => Ruleset.Pass(Sample, NftHook.Forward, Table(Filter(0, NftPolicy.Drop, rules), returns, falls)).Fate;
    }

    [Fact]
    public void The_first_translation_counts_and_what_follows_sees_it()
    {
        NftChain first = Nat(-90, new NftRule().Dnat(One)), second = Nat(-110, new NftRule().Dnat(Three));
        NftChain before = Filter(NftPriority.Mangle, NftPolicy.Accept, new NftRule().Destination(Three).Drop()) with { Hook = NftHook.Prerouting };
        NftChain behind = before with { Priority = 0, Name = "behind" };

        (Fate passes, Packet packet, _) = Ruleset.Pass(Sample, NftHook.Prerouting, Table(first, second, before));
        (Fate drops, _, FlowTrace trace) = Ruleset.Pass(Sample, NftHook.Prerouting, Table(first, second, behind));

        Assert.Equal((Fate.Passes, Three), (passes, packet.Destination));
        Assert.Equal(Fate.Dropped, drops);
        Assert.Equal(["dnat", "drop"], trace.Steps.Select(static step => step.Rule!.Verdict));
        Assert.Equal(FlowStepKind.Translation, trace.Steps[0].Kind);
    }

    [Fact]
    public void All_that_translate_do_so_at_one_place_whatever_their_priorities_are()
    {
        NftChain early = Nat(-250, new NftRule().Dnat(Three));
        NftChain before = Filter(NftPriority.Mangle, NftPolicy.Accept, new NftRule().Destination(Three).Drop()) with { Hook = NftHook.Prerouting };

        (Fate fate, Packet packet, _) = Ruleset.Pass(Sample, NftHook.Prerouting, Table(early, before));

        Assert.Equal((Fate.Passes, Three), (fate, packet.Destination));
    }

    [Fact]
    public void An_answer_is_of_an_established_flow_and_has_its_mark()
    {
        Packet answer = (Sample with { FlowMark = 9 }).Answer() with { First = Sample with { FlowMark = 9 }, IsTracked = true };

        Assert.Equal(Fate.Dropped, Decide(new NftRule().CtState(NftCtState.Established).Drop()));
        Assert.Equal(Fate.Passes, Decide(new NftRule().CtState(NftCtState.New).Drop()));
        Assert.Equal(Fate.Dropped, Decide(new NftRule().CtDirection(NftCtDirection.Reply).CtMark(9).Drop()));
        Assert.Equal(Fate.Dropped, Decide(new NftRule().Source(Two).Match(NftLoad.SourcePort, (ushort)53).Drop()));

        Fate Decide(NftRule rule) => Ruleset.Pass(answer, NftHook.Forward, Table(Filter(0, NftPolicy.Accept, rule))).Fate;
    }

    [Fact]
    public void An_answer_is_translated_back_at_the_place_of_translations_and_by_no_other_rule()
    {
        Packet first = Sample.WithDestination(Three, 5353).WithSource(FakeRouting.Own, 4000) with { IsTracked = true };
        Packet answer = first.Answer() with { First = first };
        NftChain early = Filter(NftPriority.Mangle, NftPolicy.Accept, new NftRule().Destination(One).Drop()) with { Hook = NftHook.Prerouting };

        (Fate passes, Packet inside, FlowTrace trace) = Ruleset.Pass(answer, NftHook.Prerouting, Table(early, Nat(-100, new NftRule().Dnat(Two))));
        (Fate drops, _, _) = Ruleset.Pass(answer, NftHook.Prerouting, Table(early with { Priority = 0 }));
        (_, Packet outside, _) = Ruleset.Pass(inside, NftHook.Postrouting, Table());

        Assert.Equal((Fate.Passes, Fate.Dropped), (passes, drops));
        Assert.Equal(One, inside.Destination);
        Assert.Equal((Two, (ushort?)53), (outside.Source, outside.SourcePort));
        Assert.Contains("as the flow was translated", Assert.Single(trace.Steps).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_is_seen_by_later_chains()
    {
        NftChain marks = Filter(-1, NftPolicy.Accept, new NftRule().SetMark(7)), drops = Filter(1, NftPolicy.Accept, new NftRule().Mark(7).Drop());

        Assert.Equal(Fate.Dropped, Ruleset.Pass(Sample, NftHook.Forward, Table(drops, marks)).Fate);
        Assert.Equal(Fate.Passes, Ruleset.Pass(Sample, NftHook.Forward, Table(drops)).Fate);
    }

    private static NftTable Table(params NftChain[] chains) => Ruleset.Table(NftFamily.Inet, chains);

    private static NftChain Filter(int priority, NftPolicy policy, params NftRule[] rules) => Ruleset.Base(NftHook.Forward, priority, policy, NftChainType.Filter, rules);

    private static NftChain Nat(int priority, NftRule rule) => Ruleset.Base(NftHook.Prerouting, priority, NftPolicy.Accept, NftChainType.Nat, rule);
}

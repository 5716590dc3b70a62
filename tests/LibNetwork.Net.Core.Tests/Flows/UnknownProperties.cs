using System.Net;
using CsCheck;
using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Core.Tests.Flows;

/// <summary>Whatever is not known about a packet: what becomes of it once it is known was among what was foretold.</summary>
public sealed class UnknownProperties
{
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1"), Two = IPAddress.Parse("10.0.0.2");

    private static readonly NftSet[] Sets =
    [
        Ruleset.Set("ports", [NftDataType.InetService], [NftElement.Of((ushort)1), NftElement.Of((ushort)3)]),
        Ruleset.Set("ranges", [NftDataType.InetService], [NftElement.Range((ushort)1, (ushort)2), NftElement.Range((ushort)4, (ushort)9)], interval: true),
        Ruleset.Set("pairs", [NftDataType.InetService, NftDataType.InetService], [NftElement.Of((ushort)2, (ushort)3), NftElement.Of((ushort)3, (ushort)3)]),
        Ruleset.Set(
            "verdicts", [NftDataType.InetService],
            [NftElement.Of((ushort)1).WithVerdict(NftVerdict.Drop), NftElement.Of((ushort)2).WithVerdict(NftVerdict.Accept), NftElement.Of((ushort)3).WithVerdict(NftVerdict.Jump("further"))],
            isVerdictMap: true),
        Ruleset.Set("marks", [NftDataType.InetService], [NftElement.Of((ushort)1).WithData(NftValue.Mark(1)), NftElement.Of((ushort)2).WithData(NftValue.Mark(2))], [NftDataType.Mark]),
    ];

    private static readonly Gen<Func<NftRule, NftRule>> Conditions = OneOf(
        static rule => rule,
        static rule => rule.SourcePort(2),
        static rule => rule.Match(NftLoad.SourcePort, NftComparison.NotEqual, (ushort)3),
        static rule => rule.Match(NftLoad.SourcePort, NftComparison.Less, (ushort)3),
        static rule => rule.MatchRange(NftLoad.SourcePort, (ushort)2, (ushort)3),
        static rule => rule.MatchRange(NftLoad.SourcePort, (ushort)2, (ushort)3, outside: true),
        static rule => rule.MatchMasked(NftLoad.SourcePort, (ushort)1, NftComparison.Equal, (ushort)1),
        static rule => rule.InSet("ports", NftLoad.SourcePort),
        static rule => rule.NotInSet("ports", NftLoad.SourcePort),
        static rule => rule.InSet("ranges", NftLoad.SourcePort),
        static rule => rule.NotInSet("pairs", NftLoad.SourcePort, NftLoad.DestinationPort),
        static rule => rule.DestinationPort(3),
        static rule => rule.DestinationPort(4),
        static rule => rule.Mark(1),
        static rule => rule.Mark(2, 0xff));

    private static readonly Gen<Func<NftRule, NftRule>> Actions = OneOf(
        static rule => rule.Accept(),
        static rule => rule.Drop(),
        static rule => rule.Reject(),
        static rule => rule.Return(),
        static rule => rule.Jump("further"),
        static rule => rule.Goto("further"),
        static rule => rule.SetMark(1),
        static rule => rule.Map("marks", NftLoad.SourcePort).SetMarkFromRegister(),
        static rule => rule.VerdictMap("verdicts", NftLoad.SourcePort),
        static rule => rule.Counter());

    private static readonly Gen<NftRule[]> Rules = Gen.Select(Conditions, Conditions, Actions, static (one, two, act) => act(two(one(new NftRule())))).Array[0, 5];

    [Fact]
    public void What_happens_was_among_what_was_foretold() => Gen.Select(Rules, Rules, Gen.UShort[1, 5], Gen.Bool).Sample((rules, others, port, drops) =>
    {
        NftChain further = Ruleset.Chain("further", [.. others.Where(static rule => !Leads(rule))]);
        NftTable table = Ruleset.Table(
            NftFamily.Inet, [Ruleset.Base(NftHook.Forward, 0, drops ? NftPolicy.Drop : NftPolicy.Accept, NftChainType.Filter, rules), further], Sets);
        Packet packet = new() { Source = One, Destination = Two, Protocol = TransportProtocol.Udp, DestinationPort = 3, IsTracked = true };
        Alternatives alternatives = new();
        HashSet<Fate> foretold = [];
        do
        {
            foretold.Add(Ruleset.Pass(packet, NftHook.Forward, alternatives, table).Fate);
        }
        while (alternatives.Advance());

        Alternatives known = new();
        Fate fate = Ruleset.Pass(packet with { SourcePort = port }, NftHook.Forward, known, table).Fate;

        return foretold.Contains(fate) && known.Unknowns.Count == 0;
    });

    private static Gen<Func<NftRule, NftRule>> OneOf(params Func<NftRule, NftRule>[] steps) => Gen.Int[0, steps.Length - 1].Select(index => steps[index]);

    // A chain that leads to itself is refused by the kernel.
    private static bool Leads(NftRule rule) => rule.Expressions.Any(static step => step is NftVerdictExpression { Verdict.Chain: not null } or NftLookupExpression { IsVerdictMap: true });
}

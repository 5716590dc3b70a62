using System.Net;
using System.Net.NetworkInformation;
using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Core.Tests.Flows;

/// <summary>What a rule makes of a packet of which not everything is known: conditions hold, do not hold, or are not known.</summary>
public sealed class RuleRunTests
{
    private const ushort Port = 443;
    private static readonly IPAddress Client = IPAddress.Parse("203.0.113.7"), Server = IPAddress.Parse("10.1.0.5");

    private static readonly Packet Sample = new()
    {
        Source = Client, Destination = Server, Protocol = TransportProtocol.Tcp, DestinationPort = Port, Input = FakeRouting.Wire, Output = FakeRouting.Bridge,
        IsTracked = true, HasFrame = true, HardwareSource = PhysicalAddress.Parse("02-00-00-00-00-07"),
    };

    private static readonly Dictionary<string, (NftRule Rule, Truth Expected)> Conditions = new(StringComparer.Ordinal)
    {
        ["interface"] = (new NftRule().IifName("wire0").OifName("br-web"), Truth.Yes),
        ["another interface"] = (new NftRule().IifName("wire1"), Truth.No),
        ["not an interface"] = (new NftRule().IifNameNot("wire0"), Truth.No),
        ["beginning of a name"] = (new NftRule().OifName("br-*"), Truth.Yes),
        ["beginning of another name"] = (new NftRule().OifName("veth*"), Truth.No),
        ["family"] = (new NftRule().NfProto(NftFamily.IPv4), Truth.Yes),
        ["another family"] = (new NftRule().NfProto(NftFamily.IPv6), Truth.No),
        ["protocol"] = (new NftRule().L4Proto(6), Truth.Yes),
        ["source network"] = (new NftRule().Source(IPNetwork.Parse("203.0.112.0/23")), Truth.Yes),
        ["another source network"] = (new NftRule().Source(IPNetwork.Parse("203.0.114.0/23")), Truth.No),
        ["outside a network"] = (new NftRule().DestinationNot(IPNetwork.Parse("10.2.0.0/16")), Truth.Yes),
        ["destination"] = (new NftRule().Destination(Server), Truth.Yes),
        ["port"] = (new NftRule().DestinationPort(Port), Truth.Yes),
        ["another port"] = (new NftRule().DestinationPort(80), Truth.No),
        ["source port"] = (new NftRule().SourcePort(80), Truth.Unknown),
        ["source port of another protocol"] = (new NftRule().L4Proto(17).SourcePort(80), Truth.No),
        ["source port and what fails behind it"] = (new NftRule().SourcePort(80).Destination(Client), Truth.No),
        ["ports within a range"] = (new NftRule().MatchRange(NftLoad.DestinationPort, (ushort)440, (ushort)450), Truth.Yes),
        ["ports outside a range"] = (new NftRule().MatchRange(NftLoad.DestinationPort, (ushort)440, (ushort)450, outside: true), Truth.No),
        ["smaller port"] = (new NftRule().Match(NftLoad.DestinationPort, NftComparison.Less, (ushort)443), Truth.No),
        ["greater or equal port"] = (new NftRule().Match(NftLoad.DestinationPort, NftComparison.GreaterOrEqual, (ushort)443), Truth.Yes),
        ["new"] = (new NftRule().CtState(NftCtState.New), Truth.Yes),
        ["established"] = (new NftRule().CtState(NftCtState.Established | NftCtState.Related), Truth.No),
        ["not translated"] = (new NftRule().CtStatusDnat(), Truth.No),
        ["mark"] = (new NftRule().Mark(0), Truth.Yes),
        ["another mark"] = (new NftRule().Mark(1, 0xff), Truth.No),
        ["flow's mark"] = (new NftRule().CtMark(0), Truth.Yes),
        ["first direction"] = (new NftRule().CtDirection(NftCtDirection.Original), Truth.Yes),
        ["frame's type"] = (new NftRule().EtherType(0x0800), Truth.Yes),
        ["sender's hardware address"] = (new NftRule().Match(NftLoad.EtherSource, NftValue.HardwareAddress([2, 0, 0, 0, 0, 7])), Truth.Yes),
        ["receiver's hardware address"] = (new NftRule().Match(NftLoad.EtherDestination, NftValue.HardwareAddress([2, 0, 0, 0, 0, 7])), Truth.Unknown),
        ["a stranger's address"] = (new NftRule().FibDestinationType(NftAddressType.Local), Truth.No),
        ["reverse path"] = (new NftRule().FibReversePath(exists: true), Truth.Yes),
        ["TCP's first packet"] = (new NftRule().MatchMasked(
            NftLoad.Payload(NftPayloadBase.Transport, 13, 1), NftValue.Protocol(0x17), NftComparison.Equal, NftValue.Protocol(2)), Truth.Yes),
        ["time to live"] = (new NftRule().Match(NftLoad.Payload(NftPayloadBase.Network, 8, 1), NftValue.Protocol(64)), Truth.Unknown),
        ["sender's user"] = (new NftRule().Match(NftLoad.Meta(NftMetaKey.SocketUser), NftValue.Number(0)), Truth.No),
        ["rate"] = (new NftRule().Limit(10, NftLimitUnit.Second), Truth.Unknown),
        ["chance"] = (new NftRule().Match(NftLoad.NumgenRandom(2), NftValue.Number(1)), Truth.Unknown),
        ["in a set"] = (new NftRule().InSet("servers", NftLoad.IPv4Destination), Truth.Yes),
        ["not in a set"] = (new NftRule().NotInSet("servers", NftLoad.IPv4Destination), Truth.No),
        ["not in another"] = (new NftRule().NotInSet("servers", NftLoad.IPv4Source), Truth.Yes),
        ["in ranges"] = (new NftRule().InSet("ranges", NftLoad.IPv4Source), Truth.Yes),
        ["at the end of ranges"] = (new NftRule().InSet("ranges", NftLoad.IPv4Destination), Truth.No),
        ["in ranges side by side"] = (new NftRule().InSet("rows", NftLoad.IPv4Destination, NftLoad.L4Proto, NftLoad.DestinationPort), Truth.Yes),
        ["in pairs with one part unknown"] = (new NftRule().InSet("pairs", NftLoad.SourcePort, NftLoad.DestinationPort), Truth.Unknown),
        ["in pairs of which the known part is in none"] = (new NftRule().InSet("pairs", NftLoad.SourcePort, NftLoad.L4Proto), Truth.No),
        ["in what is not there"] = (new NftRule().InSet("missing", NftLoad.IPv4Source), Truth.Unknown),
    };

    public static TheoryData<string> AllConditions => [.. Conditions.Keys];

    private static NftSet[] Sets =>
    [
        Ruleset.Set("servers", [NftDataType.IPv4Address], [NftElement.Of(Server)]),
        Ruleset.Set("ranges", [NftDataType.IPv4Address], [NftElement.Prefix(IPNetwork.Parse("203.0.113.0/24")), NftElement.Range(IPAddress.Parse("10.1.0.0"), IPAddress.Parse("10.1.0.4"))], interval: true),
        Ruleset.Set(
            "rows", [NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
            [NftElement.Of(IPAddress.Parse("10.1.0.0"), (byte)6, (ushort)400).To(IPAddress.Parse("10.1.0.9"), (byte)6, (ushort)500)], interval: true),
        Ruleset.Set("pairs", [NftDataType.InetService, NftDataType.InetService], [NftElement.Of((ushort)1000, Port)]),
    ];

    [Theory]
    [MemberData(nameof(AllConditions))]
    public void A_condition_is_judged_by_what_is_known(string name)
    {
        (NftRule rule, Truth expected) = Conditions[name];
        NftRule copy = new();
        foreach (NftExpression step in rule.Expressions)
        {
            copy.Add(step);
        }

        Assert.Equal(expected, Ruleset.Matches(Sample, copy, Sets));
    }

    [Fact]
    public void What_does_nothing_is_not_asked_about()
    {
        Alternatives alternatives = new();

        Ruleset.Pass(Sample, NftHook.Forward, alternatives, Ruleset.Table(NftFamily.Inet, [Ruleset.Forward(new NftRule().Limit(1, NftLimitUnit.Second).Log("seen"))]));

        Assert.Empty(alternatives.Unknowns);
    }

    [Fact]
    public void What_fails_further_on_is_not_asked_about()
    {
        Alternatives asked = new(), spared = new();

        Ruleset.Pass(Sample, NftHook.Forward, asked, Ruleset.Table(NftFamily.Inet, [Ruleset.Forward(new NftRule().SourcePort(80).Destination(Server).Drop())]));
        Ruleset.Pass(Sample, NftHook.Forward, spared, Ruleset.Table(NftFamily.Inet, [Ruleset.Forward(new NftRule().SourcePort(80).Destination(Client).Drop())]));

        Assert.Contains("inet theirs Forward0: th sport 80 ip daddr 10.1.0.5 drop", Assert.Single(asked.Unknowns), StringComparison.Ordinal);
        Assert.Empty(spared.Unknowns);
    }

    [Fact]
    public void Before_connection_tracking_a_packet_has_no_state()
    {
        NftRule rule = new NftRule().CtState(NftCtState.New).Drop();
        NftTable early = Ruleset.Table(NftFamily.Inet, [Ruleset.Base(NftHook.Prerouting, NftPriority.Raw, NftPolicy.Accept, NftChainType.Filter, rule)]);
        NftTable late = Ruleset.Table(NftFamily.Inet, [Ruleset.Base(NftHook.Prerouting, NftPriority.Mangle, NftPolicy.Accept, NftChainType.Filter, rule)]);
        Packet fresh = Sample with { IsTracked = false };

        Assert.Equal(Fate.Passes, Ruleset.Pass(fresh, NftHook.Prerouting, early).Fate);
        Assert.Equal(Fate.Dropped, Ruleset.Pass(fresh, NftHook.Prerouting, late).Fate);
    }

    [Fact]
    public void What_is_taken_from_connection_tracking_is_not_translated()
    {
        NftChain translates = Ruleset.Base(NftHook.Prerouting, NftPriority.DestinationNat, NftPolicy.Accept, NftChainType.Nat, new NftRule().Dnat(Client));
        NftChain takes = Ruleset.Base(NftHook.Prerouting, NftPriority.Raw, NftPolicy.Accept, NftChainType.Filter, new NftRule().Notrack());
        Packet fresh = Sample with { IsTracked = false };

        Assert.Equal(Client, Ruleset.Pass(fresh, NftHook.Prerouting, Ruleset.Table(NftFamily.IPv4, [translates])).Packet.Destination);
        Assert.Equal(Server, Ruleset.Pass(fresh, NftHook.Prerouting, Ruleset.Table(NftFamily.IPv4, [translates, takes])).Packet.Destination);
    }

    [Fact]
    public void Addresses_and_ports_come_out_of_maps_and_constants()
    {
        NftSet map = Ruleset.Set(
            "ports", [NftDataType.InetProtocol, NftDataType.InetService], [NftElement.Of((byte)6, Port).WithData(Client, (ushort)8443)],
            [NftDataType.IPv4Address, NftDataType.InetService]);

        Packet mapped = Translate(NftHook.Prerouting, new NftRule().DnatToMap(NftFamily.IPv4, "ports", NftLoad.L4Proto, NftLoad.DestinationPort), map);
        Packet constant = Translate(NftHook.Prerouting, new NftRule().L4Proto(6).Dnat(Client, 1));
        Packet redirected = Translate(NftHook.Prerouting, new NftRule().L4Proto(6).Redirect(99));
        Packet source = Translate(NftHook.Postrouting, new NftRule().Snat(Server));
        Packet masqueraded = Translate(NftHook.Postrouting, new NftRule().OifName("wire0").Masquerade());

        Assert.Equal((Client, (ushort)8443, NftCtStatus.DestinationNat), (mapped.Destination, mapped.DestinationPort, mapped.Status));
        Assert.Equal((Client, (ushort)1), (constant.Destination, constant.DestinationPort));
        Assert.Equal((FakeRouting.Own, (ushort)99), (redirected.Destination, redirected.DestinationPort));
        Assert.Equal((Server, NftCtStatus.SourceNat), (source.Source, source.Status));
        Assert.Equal(FakeRouting.Own, masqueraded.Source);

        static Packet Translate(NftHook hook, NftRule rule, params NftSet[] sets) => Ruleset.Pass(
            Sample with { Output = FakeRouting.Wire }, hook, Ruleset.Table(NftFamily.IPv4, [Ruleset.Base(hook, 0, NftPolicy.Accept, NftChainType.Nat, rule)], sets)).Packet;
    }

    [Fact]
    public void A_translation_to_what_is_not_known_cannot_be_followed()
    {
        NftSet map = Ruleset.Set("hosts", [NftDataType.InetService], [NftElement.Of((ushort)1000).WithData(Client)], [NftDataType.IPv4Address]);
        NftTable table = Ruleset.Table(
            NftFamily.IPv4,
            [Ruleset.Base(NftHook.Prerouting, 0, NftPolicy.Accept, NftChainType.Nat, new NftRule().DnatToMapAddress(NftFamily.IPv4, "hosts", NftLoad.SourcePort))],
            map);
        Alternatives alternatives = new();

        Fate unless = Ruleset.Pass(Sample, NftHook.Prerouting, alternatives, table).Fate;
        Assert.True(alternatives.Advance());
        Fate provided = Ruleset.Pass(Sample, NftHook.Prerouting, alternatives, table).Fate;

        Assert.Equal((Fate.Passes, Fate.Unknowable), (unless, provided));
        Assert.False(alternatives.Advance());
    }

    [Fact]
    public void A_verdict_map_with_an_unknown_key_is_tried_with_each_of_its_verdicts()
    {
        NftSet map = Ruleset.Set(
            "decide", [NftDataType.InetService],
            [NftElement.Of((ushort)1).WithVerdict(NftVerdict.Drop), NftElement.Of((ushort)2).WithVerdict(NftVerdict.Drop), NftElement.Of((ushort)3).WithVerdict(NftVerdict.Accept)],
            isVerdictMap: true);
        NftTable table = Ruleset.Table(NftFamily.Inet, [Ruleset.Forward(new NftRule().VerdictMap("decide", NftLoad.SourcePort))], map);
        Alternatives alternatives = new();
        List<Fate> fates = [];
        do
        {
            fates.Add(Ruleset.Pass(Sample, NftHook.Forward, alternatives, table).Fate);
        }
        while (alternatives.Advance());

        Assert.Equal([Fate.Passes, Fate.Dropped, Fate.Passes], fates);
        Assert.Equal(Fate.Dropped, Ruleset.Pass(Sample with { SourcePort = 2 }, NftHook.Forward, table).Fate);
    }
}

using System.Net;
using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Core.Tests.Flows;

/// <summary>Rules in nft's words.</summary>
public sealed class RuleTextTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.1.0.5");

    private static readonly Dictionary<string, (NftRule Rule, string Action)> Rules = new(StringComparer.Ordinal)
    {
        ["iifname \"eth0\" oifname != \"br-*\" accept"] = (new NftRule().IifName("eth0").OifNameNot("br-*").Accept(), "accept"),
        ["meta nfproto ipv4 ip saddr 10.0.0.0/8 drop"] = (new NftRule().NfProto(NftFamily.IPv4).Source(IPNetwork.Parse("10.0.0.0/8")).Drop(), "drop"),
        ["ip6 daddr != fd00::/8 return"] = (new NftRule().DestinationNot(IPNetwork.Parse("fd00::/8")).Return(), "return"),
        ["meta l4proto tcp th dport 80-90 counter jump web"] =
            (new NftRule().L4Proto(6).MatchRange(NftLoad.DestinationPort, (ushort)80, (ushort)90).Counter().Jump("web"), "jump"),
        ["ct state established,related accept"] = (new NftRule().CtState(NftCtState.Established | NftCtState.Related).Accept(), "accept"),
        ["ct status dnat masquerade"] = (new NftRule().CtStatusDnat().Masquerade(), "masquerade"),
        ["meta mark & 0x000000ff == 0x00000001 accept"] = (new NftRule().Mark(1, 0xff).Accept(), "accept"),
        ["fib daddr type local goto here"] = (new NftRule().FibDestinationType(NftAddressType.Local).Goto("here"), "goto"),
        ["fib saddr . iif oif missing drop"] = (new NftRule().FibReversePath(exists: false).Drop(), "drop"),
        ["ether type arp ether saddr 02:00:00:00:00:07 drop"] =
            (new NftRule().EtherType(0x0806).Match(NftLoad.EtherSource, NftValue.HardwareAddress([2, 0, 0, 0, 0, 7])).Drop(), "drop"),
        ["ip daddr . meta l4proto . th dport != @open reject"] = (new NftRule().NotInSet("open", NftLoad.IPv4Destination, NftLoad.L4Proto, NftLoad.DestinationPort).Reject(), "reject"),
        ["iifname . oifname vmap @within"] = (new NftRule().VerdictMap("within", NftLoad.IifName, NftLoad.OifName), "vmap"),
        ["dnat ip to meta l4proto . th dport map @ports"] = (new NftRule().DnatToMap(NftFamily.IPv4, "ports", NftLoad.L4Proto, NftLoad.DestinationPort), "dnat"),
        ["meta l4proto udp dnat ip to 10.1.0.5:53"] = (new NftRule().L4Proto(17).Dnat(Address, 53), "dnat"),
        ["snat ip to 10.1.0.5"] = (new NftRule().Snat(Address), "snat"),
        ["meta l4proto tcp redirect to :8080"] = (new NftRule().L4Proto(6).Redirect(8080), "redirect"),
        ["limit rate 5/second burst 10 packets log prefix \"x\" notrack"] = (new NftRule().Limit(5, NftLimitUnit.Second, 10).Log("x").Notrack(), "notrack"),
        ["@th,104,8 & 0x17 == 0x02 drop"] = (new NftRule().MatchMasked(
            NftLoad.Payload(NftPayloadBase.Transport, 13, 1), NftValue.Protocol(0x17), NftComparison.Equal, NftValue.Protocol(2)).Drop(), "drop"),
        ["th dport @__set0 accept"] = (new NftRule().InSet("__set0", NftLoad.DestinationPort).Accept(), "accept"),
        ["th dport { 22, 80 } accept"] = (new NftRule().InSet("__set1", NftLoad.DestinationPort).Accept(), "accept"),
    };

    public static TheoryData<string> All => [.. Rules.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void A_rule_is_written_as_nft_writes_it(string expected)
    {
        NftTable table = Ruleset.Table(
            NftFamily.Inet,
            [],
            Ruleset.Set("open", [NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService], []),
            Ruleset.Set("within", [NftDataType.IfName, NftDataType.IfName], [], isVerdictMap: true),
            Ruleset.Set("ports", [NftDataType.InetProtocol, NftDataType.InetService], [], [NftDataType.IPv4Address, NftDataType.InetService]),
            Ruleset.Set("__set1", [NftDataType.InetService], [NftElement.Of((ushort)22), NftElement.Of((ushort)80)]));

        RuleText text = new(table, Rules[expected].Rule);

        Assert.Equal((expected, Rules[expected].Action), (text.ToString(), text.Action));
    }
}

using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Linux.Tests.Nftables;

/// <summary>Every form of rule, beside the text that means the same to the nft program.</summary>
internal static class NftRuleForms
{
    /// <summary>Sets and chains that the rules refer to.</summary>
    public const string Objects = """
        map ports { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
        map ports6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
        map backends { type inet_service : ipv4_addr; }
        map marks { type ipv4_addr : mark; }
        map pairs { type ifname . ifname : verdict; }
        set names { type ifname; }
        set flows { type ipv4_addr . ipv4_addr . inet_proto . inet_service; }
        chain other { }
        """;

    public static readonly (string Text, Func<NftRule, NftRule> Build)[] Filter =
    [
        ("iifname \"br0\" accept", r => r.IifName("br0").Accept()),
        ("iifname != \"br0\" drop", r => r.IifNameNot("br0").Drop()),
        ("iifname \"br*\" return", r => r.IifName("br*").Return()),
        ("oifname \"br0\" continue", r => r.OifName("br0").Verdict(NftVerdict.Continue)),
        ("oifname != \"br0\" jump other", r => r.OifNameNot("br0").Jump("other")),
        ("iifname @names goto other", r => r.IifNameInSet("names").Goto("other")),
        ("iifname != @names accept", r => r.IifNameNotInSet("names").Accept()),
        ("oifname @names accept", r => r.OifNameInSet("names").Accept()),
        ("oifname != @names accept", r => r.OifNameNotInSet("names").Accept()),
        ("iifname . oifname vmap @pairs", r => r.VerdictMap("pairs", NftLoad.IifName, NftLoad.OifName)),
        ("ip saddr . ip daddr . ip protocol . th dport @flows accept", r => r.NfProto(NftFamily.IPv4)
            .InSet("flows", NftLoad.IPv4Source, NftLoad.IPv4Destination, NftLoad.IPv4Protocol, NftLoad.DestinationPort).Accept()),
        ("ip saddr . ip daddr . ip protocol . th dport != @flows drop", r => r.NfProto(NftFamily.IPv4)
            .NotInSet("flows", NftLoad.IPv4Source, NftLoad.IPv4Destination, NftLoad.IPv4Protocol, NftLoad.DestinationPort).Drop()),
        ("meta nfproto ipv6 drop", r => r.NfProto(NftFamily.IPv6).Drop()),
        ("meta l4proto tcp accept", r => r.L4Proto(6).Accept()),
        ("ip saddr 10.1.2.3 accept", r => r.NfProto(NftFamily.IPv4).Source(IPAddress.Parse("10.1.2.3")).Accept()),
        ("ip saddr 10.1.0.0/17 accept", r => r.NfProto(NftFamily.IPv4).Source(IPNetwork.Parse("10.1.0.0/17")).Accept()),
        ("ip saddr != 10.1.0.0/17 accept", r => r.NfProto(NftFamily.IPv4).SourceNot(IPNetwork.Parse("10.1.0.0/17")).Accept()),
        ("ip daddr 10.1.2.3 accept", r => r.NfProto(NftFamily.IPv4).Destination(IPAddress.Parse("10.1.2.3")).Accept()),
        ("ip daddr != 10.1.0.0/17 accept", r => r.NfProto(NftFamily.IPv4).DestinationNot(IPNetwork.Parse("10.1.0.0/17")).Accept()),
        ("ip6 saddr fd00::1 accept", r => r.NfProto(NftFamily.IPv6).Source(IPAddress.Parse("fd00::1")).Accept()),
        ("ip6 daddr fd00::/61 accept", r => r.NfProto(NftFamily.IPv6).Destination(IPNetwork.Parse("fd00::/61")).Accept()),
        ("tcp dport 80 accept", r => r.L4Proto(6).DestinationPort(80).Accept()),
        ("udp sport 53 accept", r => r.L4Proto(17).SourcePort(53).Accept()),
        ("tcp dport != 10-20 accept", r => r.L4Proto(6).MatchRange(NftLoad.DestinationPort, (ushort)10, (ushort)20, outside: true).Accept()),
        ("ether saddr 01:02:03:04:05:06 accept", r => r.Match(NftLoad.Meta(NftMetaKey.IifType), NftValue.Raw([1, 0]))
            .Match(NftLoad.EtherSource, new byte[] { 1, 2, 3, 4, 5, 6 }).Accept()),
        ("ct state established,related accept", r => r.CtState(NftCtState.Established | NftCtState.Related).Accept()),
        ("ct state invalid drop", r => r.CtState(NftCtState.Invalid).Drop()),
        ("ct status dnat accept", r => r.CtStatusDnat().Accept()),
        ("ct direction original accept", r => r.CtDirection(NftCtDirection.Original).Accept()),
        ("ct original ip daddr 1.2.3.4 accept", r => r
            .Match(NftLoad.Ct(NftCtKey.DestinationIPv4, NftCtDirection.Original), IPAddress.Parse("1.2.3.4")).Accept()),
        ("ct mark 0x20 accept", r => r.CtMark(0x20).Accept()),
        ("meta mark 0x10 accept", r => r.Mark(0x10).Accept()),
        ("meta mark & 0xff == 0x10 accept", r => r.Mark(0x10, 0xff).Accept()),
        ("meta mark set 0x10", r => r.SetMark(0x10)),
        ("meta mark set ct mark", r => r.SetMarkFromCt()),
        ("meta mark set ip saddr map @marks", r => r.NfProto(NftFamily.IPv4).Map("marks", NftLoad.IPv4Source).SetMarkFromRegister()),
        ("ct mark set 0x30", r => r.SetCtMark(0x30)),
        ("ct mark set meta mark", r => r.SetCtMarkFromMark()),
        ("meta pkttype broadcast drop", r => r.Match(NftLoad.PacketType, (byte)1).Drop()),
        ("counter accept", r => r.Counter().Accept()),
        ("limit rate 10/second accept", r => r.Limit(10, NftLimitUnit.Second).Accept()),
        ("limit rate over 10/minute burst 3 packets drop", r => r.LimitOver(10, NftLimitUnit.Minute, 3).Drop()),
        ("log prefix \"abc \" level warn", r => r.Log("abc ")),
        ("log prefix \"abc\" level info", r => r.Log("abc", NftLogLevel.Information)),
        ("log prefix \"abc\" group 3", r => r.LogToGroup("abc", 3)),
        ("reject with icmpx port-unreachable", r => r.Reject()),
        ("meta l4proto tcp reject with tcp reset", r => r.L4Proto(6).RejectWithTcpReset()),
        ("meta nfproto ipv4 reject with icmp host-unreachable", r => r.NfProto(NftFamily.IPv4).Reject(NftRejectKind.Icmp, 1)),
        ("ip saddr 1.2.3.4 jhash ip daddr mod 4 seed 0x7 == 2 accept", r => r.NfProto(NftFamily.IPv4).Source(IPAddress.Parse("1.2.3.4"))
            .Match(NftLoad.JHash(4, 7, NftLoad.IPv4Destination), NftValue.Number(2)).Accept()),
        ("numgen random mod 10 == 5 accept", r => r.Match(NftLoad.NumgenRandom(10), NftValue.Number(5)).Accept()),
        ("numgen inc mod 3 offset 2 == 4 accept", r => r.Match(NftLoad.NumgenIncremental(3, 2), NftValue.Number(4)).Accept()),
        ("accept comment \"why\"", r => r.Accept().WithComment("why")),
    ];

    public static readonly (string Text, Func<NftRule, NftRule> Build)[] Prerouting =
    [
        ("fib daddr type local jump other", r => r.FibDestinationType(NftAddressType.Local).Jump("other")),
        ("fib daddr . iif type local accept", r => r.FibDestinationIifType(NftAddressType.Local).Accept()),
        ("fib saddr type unicast accept", r => r.FibSourceType(NftAddressType.Unicast).Accept()),
        ("fib saddr . iif oif missing drop", r => r.FibReversePath(exists: false).Drop()),
        ("fib saddr . iif oif 0 drop", r => r
            .Match(NftLoad.Fib(NftFibResult.OifIndex, NftFibFlags.SourceAddress | NftFibFlags.Iif), NftValue.Number(0)).Drop()),
        ("meta l4proto tcp dnat ip to 1.2.3.4:80", r => r.L4Proto(6).Dnat(IPAddress.Parse("1.2.3.4"), 80)),
        ("meta l4proto tcp dnat ip6 to [fd00::2]:90", r => r.L4Proto(6).Dnat(IPAddress.Parse("fd00::2"), 90)),
        ("dnat ip to 1.2.3.4", r => r.Dnat(IPAddress.Parse("1.2.3.4"))),
        ("dnat ip to ip daddr . ip protocol . th dport map @ports", r => r.NfProto(NftFamily.IPv4)
            .DnatToMap(NftFamily.IPv4, "ports", NftLoad.IPv4Destination, NftLoad.IPv4Protocol, NftLoad.DestinationPort)),
        ("dnat ip6 to ip6 daddr . ip6 nexthdr . th dport map @ports6", r => r.NfProto(NftFamily.IPv6)
            .DnatToMap(NftFamily.IPv6, "ports6", NftLoad.IPv6Destination, NftLoad.IPv6NextHeader, NftLoad.DestinationPort)),
        ("meta l4proto tcp dnat ip to tcp dport map @backends", r => r.L4Proto(6)
            .DnatToMapAddress(NftFamily.IPv4, "backends", NftLoad.DestinationPort)),
        ("meta l4proto udp redirect to :53", r => r.L4Proto(17).Redirect(53)),
    ];

    public static readonly (string Text, Func<NftRule, NftRule> Build)[] Postrouting =
    [
        ("masquerade", r => r.Masquerade()),
        ("masquerade random", r => r.Masquerade(NftNatFlags.Random)),
        ("oifname \"eth0\" masquerade fully-random", r => r.OifName("eth0").Masquerade(NftNatFlags.FullyRandom)),
        ("snat ip to 9.9.9.9", r => r.Snat(IPAddress.Parse("9.9.9.9"))),
        ("meta l4proto udp snat ip to 9.9.9.9:99", r => r.L4Proto(17).Snat(IPAddress.Parse("9.9.9.9"), 99)),
        ("snat ip to 9.9.9.9 persistent", r => r.Snat(IPAddress.Parse("9.9.9.9"), port: null, NftNatFlags.Persistent)),
    ];

    public static readonly (string Text, Func<NftRule, NftRule> Build)[] Raw =
    [
        ("notrack", r => r.Notrack()),
    ];

    public static readonly (string Text, Func<NftRule, NftRule> Build)[] Bridge =
    [
        ("ether type arp accept", r => r.EtherType(0x0806).Accept()),
        ("ether saddr 01:02:03:04:05:06 drop", r => r.Match(NftLoad.EtherSource, new byte[] { 1, 2, 3, 4, 5, 6 }).Drop()),
        ("ether type ip ip saddr 1.2.3.4 accept", r => r.EtherType(0x0800).Source(IPAddress.Parse("1.2.3.4")).Accept()),
        ("iifname . oifname vmap @pairs", r => r.VerdictMap("pairs", NftLoad.IifName, NftLoad.OifName)),
    ];
}

using System.Net;
using System.Text;

namespace LibNetwork.Linux.Nftables;

/// <content>Conditions.</content>
public sealed partial class NftRule
{
    /// <summary><c>iifname NAME</c>; a name that ends in <c>*</c> stands for all that begin so.</summary>
    public NftRule IifName(string name) => MatchName(NftLoad.IifName, name, NftComparison.Equal);

    /// <summary><c>iifname != NAME</c>.</summary>
    public NftRule IifNameNot(string name) => MatchName(NftLoad.IifName, name, NftComparison.NotEqual);

    /// <summary><c>iifname @SET</c>.</summary>
    public NftRule IifNameInSet(string set) => InSet(set, NftLoad.IifName);

    /// <summary><c>iifname != @SET</c>.</summary>
    public NftRule IifNameNotInSet(string set) => NotInSet(set, NftLoad.IifName);

    /// <summary><c>oifname NAME</c>; a name that ends in <c>*</c> stands for all that begin so.</summary>
    public NftRule OifName(string name) => MatchName(NftLoad.OifName, name, NftComparison.Equal);

    /// <summary><c>oifname != NAME</c>.</summary>
    public NftRule OifNameNot(string name) => MatchName(NftLoad.OifName, name, NftComparison.NotEqual);

    /// <summary><c>oifname @SET</c>.</summary>
    public NftRule OifNameInSet(string set) => InSet(set, NftLoad.OifName);

    /// <summary><c>oifname != @SET</c>.</summary>
    public NftRule OifNameNotInSet(string set) => NotInSet(set, NftLoad.OifName);

    /// <summary><c>meta nfproto</c>: only <see cref="NftFamily.IPv4"/> or <see cref="NftFamily.IPv6"/> packets.</summary>
    public NftRule NfProto(NftFamily family) => Match(NftLoad.NfProto, (byte)family);

    /// <summary><c>meta l4proto</c>: 6 for TCP, 17 for UDP, 1 for ICMP, 58 for ICMPv6, 132 for SCTP.</summary>
    public NftRule L4Proto(byte protocol) => Match(NftLoad.L4Proto, protocol);

    /// <summary><c>ether type</c>; 0x0806 is ARP.</summary>
    public NftRule EtherType(ushort etherType) => Match(NftLoad.EtherType, NftValue.EtherType(etherType));

    /// <summary><c>ip saddr</c> or <c>ip6 saddr</c>.</summary>
    public NftRule Source(IPAddress address) => MatchAddress(address, isSource: true, NftComparison.Equal);

    /// <summary><c>ip saddr</c> or <c>ip6 saddr</c> within a network.</summary>
    public NftRule Source(IPNetwork network) => MatchNetwork(network, isSource: true, NftComparison.Equal);

    /// <summary><c>ip saddr !=</c> or <c>ip6 saddr !=</c> a network.</summary>
    public NftRule SourceNot(IPNetwork network) => MatchNetwork(network, isSource: true, NftComparison.NotEqual);

    /// <summary><c>ip daddr</c> or <c>ip6 daddr</c>.</summary>
    public NftRule Destination(IPAddress address) => MatchAddress(address, isSource: false, NftComparison.Equal);

    /// <summary><c>ip daddr</c> or <c>ip6 daddr</c> within a network.</summary>
    public NftRule Destination(IPNetwork network) => MatchNetwork(network, isSource: false, NftComparison.Equal);

    /// <summary><c>ip daddr !=</c> or <c>ip6 daddr !=</c> a network.</summary>
    public NftRule DestinationNot(IPNetwork network) => MatchNetwork(network, isSource: false, NftComparison.NotEqual);

    /// <summary><c>th sport</c>; match the protocol first.</summary>
    public NftRule SourcePort(ushort port) => Match(NftLoad.SourcePort, port);

    /// <summary><c>th dport</c>; match the protocol first.</summary>
    public NftRule DestinationPort(ushort port) => Match(NftLoad.DestinationPort, port);

    /// <summary><c>ct state</c>: the packet has one of the states.</summary>
    public NftRule CtState(NftCtState states) => MatchBits(NftLoad.CtState, (uint)states);

    /// <summary><c>ct status</c>: the flow has one of the marks of what happened to it.</summary>
    public NftRule CtStatus(NftCtStatus status) => MatchBits(NftLoad.CtStatus, (uint)status);

    /// <summary><c>ct status dnat</c>: the flow's destination was translated.</summary>
    public NftRule CtStatusDnat() => CtStatus(NftCtStatus.DestinationNat);

    /// <summary><c>ct direction</c>.</summary>
    public NftRule CtDirection(NftCtDirection direction) => Match(NftLoad.CtDirection, (byte)direction);

    /// <summary><c>ct mark</c>.</summary>
    public NftRule CtMark(uint mark) => Match(NftLoad.CtMark, NftValue.Mark(mark));

    /// <summary><c>meta mark</c>.</summary>
    public NftRule Mark(uint mark) => Match(NftLoad.Mark, NftValue.Mark(mark));

    /// <summary><c>meta mark &amp; mask == mark</c>.</summary>
    public NftRule Mark(uint mark, uint mask)
        => MatchMasked(NftLoad.Mark, NftValue.Mark(mask), NftComparison.Equal, NftValue.Mark(mark));

    /// <summary><c>fib daddr type</c>: what the packet's destination is to this host.</summary>
    public NftRule FibDestinationType(NftAddressType type)
        => Match(NftLoad.Fib(NftFibResult.AddressType, NftFibFlags.DestinationAddress), NftValue.Number((uint)type));

    /// <summary><c>fib daddr . iif type</c>: what the packet's destination is to the interface that it came in by.</summary>
    public NftRule FibDestinationIifType(NftAddressType type)
        => Match(NftLoad.Fib(NftFibResult.AddressType, NftFibFlags.DestinationAddress | NftFibFlags.Iif), NftValue.Number((uint)type));

    /// <summary><c>fib saddr type</c>: what the packet's source is to this host.</summary>
    public NftRule FibSourceType(NftAddressType type)
        => Match(NftLoad.Fib(NftFibResult.AddressType, NftFibFlags.SourceAddress), NftValue.Number((uint)type));

    /// <summary><c>fib saddr . iif oif missing</c> or <c>exists</c>: whether an answer would leave by the interface that the packet came in by.</summary>
    public NftRule FibReversePath(bool exists) => Match(
        NftLoad.Fib(NftFibResult.OifIndex, NftFibFlags.SourceAddress | NftFibFlags.Iif | NftFibFlags.Present), NftValue.Number(exists ? 1u : 0u));

    private NftRule MatchName(NftLoad field, string name, NftComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length < 2 || name[^1] != '*')
        {
            return Match(field, comparison, name);
        }

        NftName.CheckInterface(name[..^1]);
        return Match(field, comparison, NftValue.Raw(Encoding.UTF8.GetBytes(name[..^1])));
    }

    private NftRule MatchAddress(IPAddress address, bool isSource, NftComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Match(AddressField(FamilyOf(address), isSource), comparison, address);
    }

    private NftRule MatchNetwork(IPNetwork network, bool isSource, NftComparison comparison)
    {
        NftLoad field = AddressField(FamilyOf(network.BaseAddress), isSource);
        if (network.PrefixLength == field.Length * 8)
        {
            return Match(field, comparison, network.BaseAddress);
        }

        Span<byte> mask = stackalloc byte[field.Length];
        mask.Clear();
        for (int bit = 0; bit < network.PrefixLength; bit++)
        {
            mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return MatchMasked(field, NftValue.Raw(mask), comparison, network.BaseAddress);
    }

    private static NftLoad AddressField(NftFamily family, bool isSource) => (family, isSource) switch
    {
        (NftFamily.IPv6, true) => NftLoad.IPv6Source,
        (NftFamily.IPv6, false) => NftLoad.IPv6Destination,
        (_, true) => NftLoad.IPv4Source,
        _ => NftLoad.IPv4Destination,
    };

    private NftRule MatchBits(NftLoad field, uint bits)
        => MatchMasked(field, NftValue.Number(bits), NftComparison.NotEqual, NftValue.Number(0));
}

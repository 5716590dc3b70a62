using System.Net;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <content>Actions.</content>
public sealed partial class NftRule
{
    /// <summary>Decides what happens to the packet.</summary>
    public NftRule Verdict(NftVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return Add(new NftVerdictExpression(verdict));
    }

    /// <summary><c>accept</c>.</summary>
    public NftRule Accept() => Verdict(NftVerdict.Accept);

    /// <summary><c>drop</c>.</summary>
    public NftRule Drop() => Verdict(NftVerdict.Drop);

    /// <summary><c>return</c>.</summary>
    public NftRule Return() => Verdict(NftVerdict.Return);

    /// <summary><c>jump CHAIN</c>.</summary>
    public NftRule Jump(string chain) => Verdict(NftVerdict.Jump(chain));

    /// <summary><c>goto CHAIN</c>.</summary>
    public NftRule Goto(string chain) => Verdict(NftVerdict.Goto(chain));

    /// <summary><c>counter</c>.</summary>
    public NftRule Counter() => Add(new NftCounterExpression());

    /// <summary><c>masquerade</c>.</summary>
    public NftRule Masquerade(NftNatFlags flags = NftNatFlags.None) => Add(new NftMasqueradeExpression(flags));

    /// <summary><c>snat to ADDRESS</c>.</summary>
    public NftRule Snat(IPAddress address) => Nat(isDestination: false, address, port: null, NftNatFlags.None);

    /// <summary><c>snat to ADDRESS:PORT</c>; match the protocol first.</summary>
    public NftRule Snat(IPAddress address, ushort port) => Nat(isDestination: false, address, port, NftNatFlags.None);

    /// <summary><c>snat to ADDRESS:PORT FLAGS</c>; <see langword="null"/> keeps the port.</summary>
    public NftRule Snat(IPAddress address, ushort? port, NftNatFlags flags) => Nat(isDestination: false, address, port, flags);

    /// <summary><c>dnat to ADDRESS</c>.</summary>
    public NftRule Dnat(IPAddress address) => Nat(isDestination: true, address, port: null, NftNatFlags.None);

    /// <summary><c>dnat to ADDRESS:PORT</c>; match the protocol first.</summary>
    public NftRule Dnat(IPAddress address, ushort port) => Nat(isDestination: true, address, port, NftNatFlags.None);

    /// <summary><c>dnat to ADDRESS:PORT FLAGS</c>; <see langword="null"/> keeps the port.</summary>
    public NftRule Dnat(IPAddress address, ushort? port, NftNatFlags flags) => Nat(isDestination: true, address, port, flags);

    /// <summary><c>dnat ip to FIELDS map @MAP</c>, where the map's data is an address; goes on if it has nothing.</summary>
    public NftRule DnatToMapAddress(NftFamily family, string map, params ReadOnlySpan<NftLoad> fields)
        => Map(map, fields).Add(new NftNatExpression(IsDestination: true, CheckFamily(family), AddressRegister: 0, PortRegister: null));

    /// <summary><c>dnat ip to FIELDS map @MAP</c>, where the map's data is an address and a port; goes on if it has nothing.</summary>
    public NftRule DnatToMap(NftFamily family, string map, params ReadOnlySpan<NftLoad> fields)
        => Map(map, fields).Add(new NftNatExpression(IsDestination: true, CheckFamily(family), AddressRegister: 0, PortRegister: PortBehind(family)));

    /// <summary><c>snat ip to FIELDS map @MAP</c>, where the map's data is an address; goes on if it has nothing.</summary>
    public NftRule SnatToMapAddress(NftFamily family, string map, params ReadOnlySpan<NftLoad> fields)
        => Map(map, fields).Add(new NftNatExpression(IsDestination: false, CheckFamily(family), AddressRegister: 0, PortRegister: null));

    /// <summary><c>redirect to :PORT</c>; match the protocol first.</summary>
    public NftRule Redirect(ushort port)
        => Add(new NftImmediateExpression(0, NftBytes.Of(port))).Add(new NftRedirectExpression(PortRegister: 0));

    /// <summary><c>meta mark set MARK</c>.</summary>
    public NftRule SetMark(uint mark) => Add(new NftImmediateExpression(0, NftBytes.Of(NftValue.Mark(mark)))).SetMarkFromRegister();

    /// <summary><c>meta mark set ct mark</c>.</summary>
    public NftRule SetMarkFromCt() => Load(0, NftLoad.CtMark).SetMarkFromRegister();

    /// <summary>Sets the packet's mark from register 0, for example behind <see cref="Map"/>.</summary>
    public NftRule SetMarkFromRegister() => Add(new NftMetaExpression(NftMetaKey.Mark, Register: 0, IsSet: true));

    /// <summary><c>ct mark set MARK</c>.</summary>
    public NftRule SetCtMark(uint mark) => Add(new NftImmediateExpression(0, NftBytes.Of(NftValue.Mark(mark)))).SetCtMarkFromRegister();

    /// <summary><c>ct mark set meta mark</c>.</summary>
    public NftRule SetCtMarkFromMark() => Load(0, NftLoad.Mark).SetCtMarkFromRegister();

    /// <summary>Sets the flow's mark from register 0, for example behind <see cref="Map"/>.</summary>
    public NftRule SetCtMarkFromRegister() => Add(new NftCtExpression(NftCtKey.Mark, Register: 0, IsSet: true));

    /// <summary><c>limit rate RATE/UNIT burst BURST packets</c>: goes on while packets come slower.</summary>
    public NftRule Limit(ulong rate, NftLimitUnit unit, uint burst = 5)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rate);
        return Add(new NftLimitExpression(rate, unit, burst, Over: false));
    }

    /// <summary><c>limit rate over RATE/UNIT burst BURST packets</c>: goes on for what comes faster.</summary>
    public NftRule LimitOver(ulong rate, NftLimitUnit unit, uint burst = 5)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rate);
        return Add(new NftLimitExpression(rate, unit, burst, Over: true));
    }

    /// <summary><c>log prefix TEXT level LEVEL</c>; the text has at most 126 bytes.</summary>
    public NftRule Log(string prefix, NftLogLevel level = NftLogLevel.Warning)
    {
        CheckPrefix(prefix);
        return Add(new NftLogExpression(prefix, level));
    }

    /// <summary><c>log prefix TEXT group GROUP</c>: to a listener on nfnetlink.</summary>
    public NftRule LogToGroup(string prefix, ushort group)
    {
        CheckPrefix(prefix);
        return Add(new NftLogExpression(prefix, NftLogLevel.Warning, group));
    }

    /// <summary><c>reject</c>: with "port unreachable" of the packet's own family.</summary>
    public NftRule Reject() => Reject(NftRejectKind.Icmpx, code: 1);

    /// <summary><c>reject with tcp reset</c>; match the protocol first.</summary>
    public NftRule RejectWithTcpReset() => Reject(NftRejectKind.TcpReset, code: 0);

    /// <summary><c>reject with</c> an ICMP code.</summary>
    public NftRule Reject(NftRejectKind kind, byte code) => Add(new NftRejectExpression(kind, code));

    /// <summary><c>notrack</c>.</summary>
    public NftRule Notrack() => Add(new NftNotrackExpression());

    /// <summary><c>tcp sport set PORT</c> or <c>udp sport set PORT</c>, without tracking the flow; match the protocol first.</summary>
    /// <param name="protocol">6 for TCP, 17 for UDP.</param>
    /// <param name="port">The port.</param>
    public NftRule SetSourcePort(byte protocol, ushort port) => SetPort(protocol, offset: 0, port);

    /// <summary><c>tcp dport set PORT</c> or <c>udp dport set PORT</c>, without tracking the flow; match the protocol first.</summary>
    /// <param name="protocol">6 for TCP, 17 for UDP.</param>
    /// <param name="port">The port.</param>
    public NftRule SetDestinationPort(byte protocol, ushort port) => SetPort(protocol, offset: 2, port);

    private NftRule SetPort(byte protocol, int offset, ushort port)
    {
        int checksum = protocol switch
        {
            6 => 16,   // struct tcphdr
            17 => 6,   // struct udphdr
            _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "Only the ports of TCP and UDP can be set."),
        };
        return Add(new NftImmediateExpression(0, NftBytes.Of(port)))
            .Add(new NftPayloadWriteExpression(NftPayloadBase.Transport, offset, Length: 2, Register: 0, checksum));
    }

    private NftRule Nat(bool isDestination, IPAddress address, ushort? port, NftNatFlags flags)
    {
        ArgumentNullException.ThrowIfNull(address);
        Add(new NftImmediateExpression(0, NftBytes.Of(address)));
        if (port is { } number)
        {
            Add(new NftImmediateExpression(4, NftBytes.Of(number)));   // the second of the 16-byte registers, as nft has it
        }

        return Add(new NftNatExpression(isDestination, FamilyOf(address), AddressRegister: 0, port is null ? null : 4, flags));
    }

    private static int PortBehind(NftFamily family) => NftRegister.Words(family == NftFamily.IPv6 ? 16 : 4);

    private static NftFamily CheckFamily(NftFamily family) => family is NftFamily.IPv4 or NftFamily.IPv6
        ? family
        : throw new ArgumentException("A translation is either IPv4 or IPv6.", nameof(family));

    private static void CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0)
        {
            NftName.Check(prefix, nameof(prefix), NF_LOG_PREFIXLEN - 2);
        }
    }
}

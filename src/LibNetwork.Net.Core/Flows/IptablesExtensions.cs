using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>Says in nftables' own steps what the commonest matches and targets of <c>iptables-nft</c> do; the layouts are the kernel's <c>xt_*.h</c>.</summary>
internal static class IptablesExtensions
{
    private const int Scratch = 15;   // a register that the rules around do not use
    private const int AddressRegister = 8, PortRegister = 12;

    /// <summary>The steps of a rule, with extensions that are known here written out.</summary>
    public static IReadOnlyList<NftExpression> Expand(NftRule rule)
        => rule.Expressions.Any(static step => IptablesExtension.Of(step) is not null)
            ? [.. rule.Expressions.SelectMany(static step => IptablesExtension.Of(step) is { } extension ? Expand(extension, step) : [step])]
            : rule.Expressions;

    /// <summary>The remark that iptables gave a rule.</summary>
    public static string? CommentOf(NftRule rule)
        => rule.Expressions.Select(IptablesExtension.Of).FirstOrDefault(static extension => extension?.Name == "comment") is { } comment
            ? Encoding.UTF8.GetString(comment.Info.Span[..Math.Max(0, comment.Info.Span.IndexOf((byte)0))])
            : null;

    private static IEnumerable<NftExpression> Expand(IptablesExtension extension, NftExpression step) => (extension.Name, extension.Revision) switch
    {
        ("comment", _) => [],
        ("conntrack", 3) => TrackedState(extension.Info.Span) ?? [step],
        ("addrtype", 1) => AddressType(extension.Info.Span) ?? [step],
        ("LOG" or "NFLOG", _) => [new NftLogExpression(string.Empty)],
        ("REJECT", _) => [new NftRejectExpression(NftRejectKind.Icmpx)],
        ("MASQUERADE", _) => [new NftMasqueradeExpression()],
        ("DNAT", 2) => Destination(extension.Info.Span) ?? (IEnumerable<NftExpression>)[step],
        _ => [step],
    };

    /// <summary>struct xt_conntrack_mtinfo3, where it asks for nothing but the state.</summary>
    private static IEnumerable<NftExpression>? TrackedState(ReadOnlySpan<byte> info)
    {
        const int FlagsOffset = 146, InvertOffset = 148, StatesOffset = 150;
        const ushort State = 1, Plain = 0x0f;   // invalid, established, related, new: the same bits as in nftables
        if (info.Length < StatesOffset + sizeof(ushort))
        {
            return null;
        }

        ushort flags = Number(info, FlagsOffset), states = Number(info, StatesOffset);
        bool isInverted = (Number(info, InvertOffset) & State) != 0;
        return flags != State || (states & ~Plain) != 0 ? null :
        [
            new NftCtExpression(NftCtKey.State, Scratch),
            new NftBitwiseExpression(Scratch, Scratch, Word(states), Word(0)),
            new NftCompareExpression(Scratch, isInverted ? NftComparison.Equal : NftComparison.NotEqual, Word(0)),
        ];
    }

    /// <summary>struct xt_addrtype_info_v1, where it asks for one type of one address.</summary>
    private static IEnumerable<NftExpression>? AddressType(ReadOnlySpan<byte> info)
    {
        const int DestinationOffset = 2, FlagsOffset = 4;
        const uint InvertSource = 1, InvertDestination = 2, OnlyInput = 4, OnlyOutput = 8;
        if (info.Length < FlagsOffset + sizeof(uint))
        {
            return null;
        }

        ushort source = Number(info, 0), destination = Number(info, DestinationOffset);
        uint flags = MemoryMarshal.Read<uint>(info[FlagsOffset..]);
        int types = source | destination;
        if (source != 0 == (destination != 0) || !BitOperations.IsPow2(types))
        {
            return null;
        }

        NftFibFlags about = (source != 0 ? NftFibFlags.SourceAddress : NftFibFlags.DestinationAddress)
            | ((flags & OnlyInput) != 0 ? NftFibFlags.Iif : 0) | ((flags & OnlyOutput) != 0 ? NftFibFlags.Oif : 0);
        bool isInverted = (flags & (source != 0 ? InvertSource : InvertDestination)) != 0;
        return
        [
            new NftFibExpression(NftFibResult.AddressType, about, Scratch),
            new NftCompareExpression(Scratch, isInverted ? NftComparison.NotEqual : NftComparison.Equal, Word((uint)BitOperations.Log2((uint)types))),
        ];
    }

    /// <summary>struct nf_nat_range2, where it is one address and at most one port.</summary>
    private static List<NftExpression>? Destination(ReadOnlySpan<byte> info)
    {
        const int AddressBytes = 16, FirstOffset = 4, LastOffset = FirstOffset + AddressBytes, PortOffset = LastOffset + AddressBytes;
        const uint HasAddress = 1, HasPort = 2, Supported = HasAddress | HasPort;
        if (info.Length < PortOffset + (2 * sizeof(ushort)))
        {
            return null;
        }

        uint flags = MemoryMarshal.Read<uint>(info);
        ReadOnlySpan<byte> first = info.Slice(FirstOffset, AddressBytes), port = info.Slice(PortOffset, sizeof(ushort));
        bool isOne = first.SequenceEqual(info.Slice(LastOffset, AddressBytes)) && port.SequenceEqual(info.Slice(PortOffset + sizeof(ushort), sizeof(ushort)));
        if ((flags & ~Supported) != 0 || !isOne)
        {
            return null;
        }

        bool isIPv4 = !first[4..].ContainsAnyExcept((byte)0);
        List<NftExpression> steps = [];
        if ((flags & HasAddress) != 0)
        {
            steps.Add(new NftImmediateExpression(AddressRegister, new NftBytes(isIPv4 ? first[..4] : first)));
        }

        if ((flags & HasPort) != 0)
        {
            steps.Add(new NftImmediateExpression(PortRegister, new NftBytes(port)));
        }

        steps.Add(new NftNatExpression(
            IsDestination: true, NftFamily.Inet, (flags & HasAddress) != 0 ? AddressRegister : null, (flags & HasPort) != 0 ? PortRegister : null));
        return steps;
    }

    private static ushort Number(ReadOnlySpan<byte> info, int offset) => MemoryMarshal.Read<ushort>(info[offset..]);

    private static NftBytes Word(uint value) => new(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));
}

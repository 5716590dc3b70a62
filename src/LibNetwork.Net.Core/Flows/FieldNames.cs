using System.Globalization;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>nft's words.</summary>
internal static class FieldNames
{
    private const int Shown = 8;

    public static string Of(NftMetaKey key) => key switch
    {
        NftMetaKey.IifName => "iifname",
        NftMetaKey.OifName => "oifname",
        NftMetaKey.IifIndex => "iif",
        NftMetaKey.OifIndex => "oif",
        NftMetaKey.BridgeIifName => "ibrname",
        NftMetaKey.BridgeOifName => "obrname",
        NftMetaKey.SocketUser => "skuid",
        NftMetaKey.SocketGroup => "skgid",
        NftMetaKey.PacketType => "pkttype",
        _ => key.ToString().ToLowerInvariant(),
    };

    public static string Of(NftCtKey key) => key switch
    {
        NftCtKey.SourceIPv4 => "ip saddr",
        NftCtKey.DestinationIPv4 => "ip daddr",
        NftCtKey.SourceIPv6 => "ip6 saddr",
        NftCtKey.DestinationIPv6 => "ip6 daddr",
        NftCtKey.SourcePort => "proto-src",
        NftCtKey.DestinationPort => "proto-dst",
        _ => key.ToString().ToLowerInvariant(),
    };

    public static string Of(NftPayloadBase header) => header switch
    {
        NftPayloadBase.Link => "ll",
        NftPayloadBase.Network => "nh",
        NftPayloadBase.Transport => "th",
        _ => "ih",
    };

    public static string Of(NftComparison comparison) => comparison switch
    {
        NftComparison.Equal => string.Empty,
        NftComparison.NotEqual => "!= ",
        NftComparison.Less => "< ",
        NftComparison.LessOrEqual => "<= ",
        NftComparison.Greater => "> ",
        _ => ">= ",
    };

    public static string Of(NftVerdict verdict)
    {
        string kind = verdict.Kind.ToString().ToLowerInvariant();
        return verdict.Chain is null ? kind : $"{kind} {verdict.Chain}";
    }

    public static string Of(NftCtState states) => List<NftCtState>(static state => state.ToString(), state => (states & state) != 0);

    public static string Of(NftCtStatus status) => List<NftCtStatus>(
        static one => one switch
        {
            NftCtStatus.SourceNat => "snat",
            NftCtStatus.DestinationNat => "dnat",
            NftCtStatus.SeenReply => "seen-reply",
            _ => one.ToString(),
        },
        one => (status & one) != 0);

    public static string OfProtocol(byte protocol) => protocol switch
    {
        1 => "icmp",
        2 => "igmp",
        6 => "tcp",
        17 => "udp",
        58 => "ipv6-icmp",
        132 => "sctp",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    public static string OfEtherType(ushort type) => type switch
    {
        0x0800 => "ip",
        0x0806 => "arp",
        0x86dd => "ip6",
        _ => $"0x{type:x4}",
    };

    public static IEnumerable<string> PartsOf(NftFibFlags flags)
        => new[] { (NftFibFlags.SourceAddress, "saddr"), (NftFibFlags.DestinationAddress, "daddr"), (NftFibFlags.Mark, "mark"), (NftFibFlags.Iif, "iif"), (NftFibFlags.Oif, "oif") }
            .Where(part => (flags & part.Item1) != 0).Select(static part => part.Item2);

    /// <summary>Whether a set belongs to one rule, which is written with its elements.</summary>
    public static bool IsAnonymous(string set) => set.StartsWith("__", StringComparison.Ordinal);

    public static string ElementsOf(NftSet set)
    {
        IEnumerable<string> shown = set.Elements.Take(Shown).Select(static element => element.ToString());
        return $"{{ {string.Join(", ", set.Elements.Count > Shown ? shown.Append("...") : shown)} }}";
    }

    private static string List<TFlags>(Func<TFlags, string> name, Func<TFlags, bool> isSet)
        where TFlags : struct, Enum
        => string.Join(',', Enum.GetValues<TFlags>().Where(isSet).Select(flag => name(flag).ToLowerInvariant()));
}

using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>What kinds of steps rules have.</summary>
internal static class Expressions
{
    /// <summary>Whether a step does something, instead of loading or asking.</summary>
    public static bool HasEffect(NftExpression expression) => expression switch
    {
        NftVerdictExpression { Verdict.Kind: NftVerdictKind.Continue } => false,
        NftVerdictExpression or NftRejectExpression or NftNotrackExpression => true,
        NftNatExpression or NftMasqueradeExpression or NftRedirectExpression or NftPayloadWriteExpression => true,
        NftLookupExpression lookup => lookup.IsVerdictMap,
        NftMetaExpression meta => meta is { IsSet: true, Key: NftMetaKey.Mark },
        NftCtExpression ct => ct is { IsSet: true, Key: NftCtKey.Mark },
        NftUnknownExpression unknown => Decides(unknown),
        _ => false,
    };

    /// <summary>Whether a step that cannot be read may decide about the packet.</summary>
    public static bool Decides(NftUnknownExpression unknown) => unknown.Name is "target" or "queue" or "tproxy" or "synproxy" or "fwd" or "nat" or "redir";

    /// <summary>Whether a step that cannot be read only counts, or tells others.</summary>
    public static bool IsHarmless(NftUnknownExpression unknown) => unknown.Name is "log" or "last" or "dup" or "counter" or "flow_offload" or "meta" or "ct";

    /// <summary>Whether a step that cannot be read only loads something.</summary>
    public static bool OnlyLoads(NftUnknownExpression unknown) => unknown.Name is "byteorder" or "bitwise" or "hash" or "numgen" or "rt" or "exthdr" or "socket" or "tunnel" or "xfrm" or "inner";
}

namespace LibNetwork.Linux.Nftables.Script;

/// <summary>Something about a packet that a rule has loaded, in nft's words.</summary>
/// <param name="Text">How it is called where its protocol is known, and in the key of a set.</param>
/// <param name="Type">Its type; <see langword="null"/> for bytes at some place, which have none.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record NftScriptField(string Text, NftDataType? Type, int Length)
{
    /// <summary>The same as bytes at a place, which nft takes without knowing the protocol.</summary>
    public string? Bytes { get; init; }

    /// <summary>The protocol that its header belongs to: a family, or <see cref="NftFamily.Arp"/>.</summary>
    public NftFamily? Protocol { get; init; }

    /// <summary>What of it counts: bits.</summary>
    public byte[]? Mask { get; init; }

    /// <summary>Whether a value is chosen by name from a list, so that several make one condition.</summary>
    public IReadOnlyDictionary<uint, string>? Names { get; init; }

    /// <summary>What the kernel knows beside the packet's bytes.</summary>
    public static NftScriptField Of(NftMetaExpression meta) => meta.Key switch
    {
        NftMetaKey.IifName => new("iifname", NftDataType.IfName, NftValue.MaxLength),
        NftMetaKey.OifName => new("oifname", NftDataType.IfName, NftValue.MaxLength),
        NftMetaKey.NfProto => new("meta nfproto", NftDataType.NfProto, 1),
        NftMetaKey.L4Proto => new("meta l4proto", NftDataType.InetProtocol, 1),
        NftMetaKey.Protocol => new("meta protocol", NftDataType.EtherType, sizeof(ushort)),
        NftMetaKey.Mark => new("meta mark", NftDataType.Mark, sizeof(uint)),
        _ => throw new NotSupportedException($"nft's word for {meta} is not known here."),
    };

    /// <summary>What connection tracking knows.</summary>
    public static NftScriptField Of(NftCtExpression ct) => (ct.Key, ct.Direction) switch
    {
        (NftCtKey.State, null) => new("ct state", NftDataType.CtState, sizeof(uint)) { Names = States },
        (NftCtKey.Status, null) => new("ct status", null, sizeof(uint)) { Names = Statuses },
        (NftCtKey.Mark, null) => new("ct mark", NftDataType.Mark, sizeof(uint)),
        _ => throw new NotSupportedException($"nft's word for {ct} is not known here."),
    };

    /// <summary>What the routing table knows.</summary>
    public static NftScriptField Of(NftFibExpression fib)
    {
        const NftFibFlags Selectors = NftFibFlags.SourceAddress | NftFibFlags.DestinationAddress | NftFibFlags.Mark | NftFibFlags.Iif | NftFibFlags.Oif;
        if (fib.Result != NftFibResult.AddressType || (fib.Flags & ~Selectors) != 0)
        {
            throw new NotSupportedException($"nft's word for {fib} is not known here.");
        }

        (NftFibFlags Flag, string Word)[] words =
        [
            (NftFibFlags.SourceAddress, "saddr"), (NftFibFlags.DestinationAddress, "daddr"), (NftFibFlags.Mark, "mark"), (NftFibFlags.Iif, "iif"), (NftFibFlags.Oif, "oif"),
        ];
        string selector = string.Join(" . ", words.Where(word => fib.Flags.HasFlag(word.Flag)).Select(static word => word.Word));
        return new($"fib {selector} type", NftDataType.FibAddressType, sizeof(uint)) { Names = AddressTypes };
    }

    /// <summary>Bytes of the packet.</summary>
    public static NftScriptField Of(NftPayloadExpression payload, NftFamily family)
    {
        const int Bits = 8;
        string place = payload.Base switch
        {
            NftPayloadBase.Link => "ll",
            NftPayloadBase.Network => "nh",
            NftPayloadBase.Transport => "th",
            _ => throw new NotSupportedException($"nft's word for {payload} is not known here."),
        };
        string bytes = $"@{place},{payload.Offset * Bits},{payload.Length * Bits}";
        NftScriptField? named = (payload.Base, payload.Offset, payload.Length) switch
        {
            (NftPayloadBase.Link, 0, 6) when family == NftFamily.Bridge => new("ether daddr", NftDataType.EtherAddress, 6),
            (NftPayloadBase.Link, 6, 6) when family == NftFamily.Bridge => new("ether saddr", NftDataType.EtherAddress, 6),
            (NftPayloadBase.Link, 12, 2) when family == NftFamily.Bridge => new("ether type", NftDataType.EtherType, 2),
            (NftPayloadBase.Network, 12, 4) => new("ip saddr", NftDataType.IPv4Address, 4) { Protocol = NftFamily.IPv4 },
            (NftPayloadBase.Network, 16, 4) => new("ip daddr", NftDataType.IPv4Address, 4) { Protocol = NftFamily.IPv4 },
            (NftPayloadBase.Network, 9, 1) => new("ip protocol", NftDataType.InetProtocol, 1) { Protocol = NftFamily.IPv4 },
            (NftPayloadBase.Network, 6, 1) => new("ip6 nexthdr", NftDataType.InetProtocol, 1) { Protocol = NftFamily.IPv6 },
            (NftPayloadBase.Network, 8, 16) => new("ip6 saddr", NftDataType.IPv6Address, 16) { Protocol = NftFamily.IPv6 },
            (NftPayloadBase.Network, 24, 16) => new("ip6 daddr", NftDataType.IPv6Address, 16) { Protocol = NftFamily.IPv6 },
            (NftPayloadBase.Network, 8, 6) => new("arp saddr ether", NftDataType.EtherAddress, 6) { Protocol = NftFamily.Arp },
            (NftPayloadBase.Network, 14, 4) => new("arp saddr ip", NftDataType.IPv4Address, 4) { Protocol = NftFamily.Arp },
            (NftPayloadBase.Network, 24, 4) => new("arp daddr ip", NftDataType.IPv4Address, 4) { Protocol = NftFamily.Arp },
            (NftPayloadBase.Transport, 0, 2) => new("th sport", NftDataType.InetService, 2),
            (NftPayloadBase.Transport, 2, 2) => new("th dport", NftDataType.InetService, 2),
            _ => null,
        };
        return named is null ? new NftScriptField(bytes, Type: null, payload.Length) { Bytes = bytes } : named with { Bytes = bytes };
    }

    /// <summary>The field as it can be written without a check of the protocol that the rule does not have.</summary>
    /// <param name="known">The protocol that the rule has checked.</param>
    public NftScriptField Where(NftFamily? known)
        => Protocol is null || Protocol == known ? this : new NftScriptField(Bytes!, Type: null, Length) { Bytes = Bytes, Mask = Mask };   // fields with a protocol have a place

    private static Dictionary<uint, string> States { get; } = new()
    {
        [(uint)NftCtState.Invalid] = "invalid", [(uint)NftCtState.Established] = "established", [(uint)NftCtState.Related] = "related",
        [(uint)NftCtState.New] = "new", [(uint)NftCtState.Untracked] = "untracked",
    };

    private static Dictionary<uint, string> Statuses { get; } = new()
    {
        [(uint)NftCtStatus.Expected] = "expected", [(uint)NftCtStatus.SeenReply] = "seen-reply", [(uint)NftCtStatus.Assured] = "assured",
        [(uint)NftCtStatus.Confirmed] = "confirmed", [(uint)NftCtStatus.SourceNat] = "snat", [(uint)NftCtStatus.DestinationNat] = "dnat",
    };

    private static Dictionary<uint, string> AddressTypes { get; } = Enum.GetValues<NftAddressType>()
        .ToDictionary(static type => (uint)type, static type => type == NftAddressType.Unspecified ? "unspec" : type.ToString().ToLowerInvariant());
}

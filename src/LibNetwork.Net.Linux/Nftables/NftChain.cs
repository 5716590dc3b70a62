namespace LibNetwork.Linux.Nftables;

/// <summary>A chain as it was read.</summary>
public sealed record NftChain
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel's number for it.</summary>
    public required ulong Handle { get; init; }

    /// <summary>Where it sits on the packets' way; <see langword="null"/> for one that is only jumped to, or a hook that this library does not know.</summary>
    public NftHook? Hook { get; init; }

    /// <summary>What a base chain is for.</summary>
    public NftChainType? Type { get; init; }

    /// <summary>A base chain's place among those of its hook.</summary>
    public int Priority { get; init; }

    /// <summary>What a base chain does with packets that reach its end.</summary>
    public NftPolicy? Policy { get; init; }

    /// <summary>Its rules in order.</summary>
    public required IReadOnlyList<NftChainRule> Rules { get; init; }
}

namespace LibNetwork.Linux.Nftables;

/// <summary>A table as it was read.</summary>
/// <param name="Family">The packets that it sees.</param>
/// <param name="Name">Its name.</param>
/// <param name="Handle">The kernel's number for it.</param>
/// <param name="Comment">A remark.</param>
/// <param name="Chains">Its chains.</param>
/// <param name="Sets">Its sets and maps, without those that belong to a single rule.</param>
public sealed record NftTable(
    NftFamily Family, string Name, ulong Handle, string? Comment, IReadOnlyList<NftChain> Chains, IReadOnlyList<NftSet> Sets)
{
    /// <summary>Whether its chains see no packets for now (<c>flags dormant</c>).</summary>
    public bool IsDormant { get; init; }

    /// <summary>Whether it is the property of a program that runs, so that the kernel lets nobody else change it.</summary>
    public bool HasOwner { get; init; }

    /// <summary>Finds a chain.</summary>
    /// <returns>The chain, or <see langword="null"/>.</returns>
    public NftChain? FindChain(string name) => Chains.FirstOrDefault(chain => string.Equals(chain.Name, name, StringComparison.Ordinal));

    /// <summary>Finds a set or map.</summary>
    /// <returns>The set, or <see langword="null"/>.</returns>
    public NftSet? FindSet(string name) => Sets.FirstOrDefault(set => string.Equals(set.Name, name, StringComparison.Ordinal));
}

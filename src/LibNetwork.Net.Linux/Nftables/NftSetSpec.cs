namespace LibNetwork.Linux.Nftables;

/// <summary>A named set or map to be made.</summary>
public sealed record NftSetSpec
{
    /// <summary>Its name; 1 to 255 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>The type of its keys; several make a concatenation.</summary>
    public required IReadOnlyList<NftDataType> Key { get; init; }

    /// <summary>The type of a map's data; several make a concatenation.</summary>
    /// <value>The default, none, makes a set.</value>
    public IReadOnlyList<NftDataType> Data { get; init; } = [];

    /// <summary>Whether it maps keys to verdicts; <see cref="Data"/> is then empty.</summary>
    public bool IsVerdictMap { get; init; }

    /// <summary>Whether keys may be ranges; every element is then made by <see cref="NftElement.Range"/>, <see cref="NftElement.Prefix"/> or, in a concatenation, may also be a plain one.</summary>
    public bool Interval { get; init; }

    /// <summary>Whether elements may leave on their own after a while.</summary>
    public bool Timeout { get; init; }

    /// <summary>How long an element stays that says nothing itself; milliseconds are the kernel's unit. Needs <see cref="Timeout"/>.</summary>
    /// <value>The default, <see langword="null"/>, is for ever.</value>
    public TimeSpan? DefaultTimeout { get; init; }

    /// <summary>A remark that <c>nft list</c> shows; at most 127 bytes.</summary>
    public string? Comment { get; init; }
}

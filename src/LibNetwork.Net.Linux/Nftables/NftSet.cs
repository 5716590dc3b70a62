namespace LibNetwork.Linux.Nftables;

/// <summary>A set or map as it was read.</summary>
public sealed record NftSet
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel's number for it.</summary>
    public required ulong Handle { get; init; }

    /// <summary>The types of the key's fields; empty when another program used one that is not known here.</summary>
    public required IReadOnlyList<NftDataType> Key { get; init; }

    /// <summary>The types of the data's fields; empty for a set, a verdict map, or a type that is not known here.</summary>
    public required IReadOnlyList<NftDataType> Data { get; init; }

    /// <summary>Whether it maps keys to something.</summary>
    public required bool IsMap { get; init; }

    /// <summary>Whether it maps keys to verdicts.</summary>
    public required bool IsVerdictMap { get; init; }

    /// <summary>Whether keys may be ranges.</summary>
    public required bool Interval { get; init; }

    /// <summary>Whether elements may leave on their own.</summary>
    public required bool Timeout { get; init; }

    /// <summary>How long an element stays that says nothing itself.</summary>
    public TimeSpan? DefaultTimeout { get; init; }

    /// <summary>A remark.</summary>
    public string? Comment { get; init; }

    /// <summary>Its elements, ordered by key in a plain interval set, else in no order; equal to those that were added.</summary>
    public required IReadOnlyList<NftElement> Elements { get; init; }

    internal string TypeText
    {
        get
        {
            string key = string.Join(" . ", Key);
            return !IsMap ? key : $"{key} : {(IsVerdictMap ? "verdict" : string.Join(" . ", Data))}";
        }
    }

    /// <summary>Whether this is what <paramref name="wanted"/> describes, elements and remark apart.</summary>
    public bool Matches(NftSetSpec wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return string.Equals(Name, wanted.Name, StringComparison.Ordinal)
            && Key.SequenceEqual(wanted.Key)
            && Data.SequenceEqual(wanted.Data)
            && IsVerdictMap == wanted.IsVerdictMap
            && Interval == wanted.Interval
            && Timeout == wanted.Timeout
            && DefaultTimeout == wanted.DefaultTimeout;
    }
}

namespace LibNetwork.Stores;

/// <summary>A network's pool as it is kept.</summary>
internal sealed record PoolRecord(
    string PoolId, string Subnet, string? Range, IReadOnlyList<string>? Withheld, string? Gateway, IReadOnlyDictionary<string, string> Reserved);

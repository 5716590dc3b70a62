namespace LibNetwork.Stores;

/// <summary>A network as it is kept.</summary>
internal sealed record NetworkRecord(
    RecordPhase Phase,
    string Id,
    string Name,
    string Driver,
    DateTimeOffset Created,
    bool EnableIPv4,
    bool EnableIPv6,
    bool Internal,
    string IpamDriver,
    IReadOnlyDictionary<string, string> IpamOptions,
    IReadOnlyDictionary<string, string> Options,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<PoolRecord> Pools,
    bool ConfigOnly = false,
    string? ConfigFrom = null,
    IReadOnlyList<PoolSpecRecord>? ConfiguredPools = null,
    bool IsShared = false);

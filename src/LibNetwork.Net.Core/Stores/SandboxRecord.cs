namespace LibNetwork.Stores;

/// <summary>A sandbox as it is kept.</summary>
internal sealed record SandboxRecord(
    RecordPhase Phase, string Id, string ContainerId, string NamespacePath, bool UsesHostNamespace, IReadOnlyDictionary<string, string> Options,
    DnsRecord? Dns = null, bool UsesGivenNamespace = false, IReadOnlyList<RejoinRecord>? Rejoins = null);   // while it is refreshed

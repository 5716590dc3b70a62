namespace LibNetwork.Stores;

/// <summary>An endpoint as it is kept.</summary>
internal sealed record EndpointRecord(
    RecordPhase Phase,
    string Id,
    string NetworkId,
    string Name,
    DateTimeOffset Created,
    string? MacAddress,
    string? IPv4,
    string? IPv6,
    string? PoolIPv4,
    string? PoolIPv6,
    IReadOnlyList<string> LinkLocalAddresses,
    IReadOnlyList<string> DnsNames,
    IReadOnlyList<string> ExposedPorts,
    IReadOnlyDictionary<string, string> Options,
    string InterfacePrefix,
    JoinRecord? Join,
    IReadOnlyList<string>? PortBindings = null,
    IReadOnlyList<string>? PublishedPorts = null,
    DiscoveryRecord? Discovery = null,
    IReadOnlyList<string>? Egress = null);   // the rules' texts; null where everything may be reached

namespace LibNetwork.Stores;

/// <summary>How an endpoint finds others and is found, as it is kept; nothing is kept of what says nothing.</summary>
internal sealed record DiscoveryRecord(
    bool DisableResolver, IReadOnlyDictionary<string, string> Links, IReadOnlyDictionary<string, string> PortNames);

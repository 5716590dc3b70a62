namespace LibNetwork.Stores;

/// <summary>How a sandbox's resolver works, as it is kept; nothing is kept of one that works as usual.</summary>
internal sealed record DnsRecord(
    bool IsEnabled, IReadOnlyList<DnsServerRecord> Servers, IReadOnlyList<string> SearchDomains, bool KeepsUndottedNames);

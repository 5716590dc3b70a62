using LibNetwork.ServiceDiscovery;

namespace LibNetwork.TestSupport;

/// <summary>A record of a DNS answer, as text.</summary>
public sealed record DnsReplyRecord(string Owner, DnsRecordType Type, uint TimeToLive, string Data);

namespace LibNetwork.Stores;

/// <summary>A name server as it is kept.</summary>
internal sealed record DnsServerRecord(string EndPoint, bool IsReachedFromHost);

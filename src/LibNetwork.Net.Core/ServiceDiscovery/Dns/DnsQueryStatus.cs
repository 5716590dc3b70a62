namespace LibNetwork.ServiceDiscovery.Dns;

/// <summary>What reading a question came to.</summary>
internal enum DnsQueryStatus
{
    Valid,

    /// <summary>It deserves no answer at all.</summary>
    Ignored,

    Malformed,

    NotImplemented,

    /// <summary>A valid question with an unknown version of EDNS.</summary>
    BadVersion,
}

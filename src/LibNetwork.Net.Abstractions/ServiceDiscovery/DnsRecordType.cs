namespace LibNetwork.ServiceDiscovery;

/// <summary>What a DNS question asks for; a resolver also meets numbers that have no name here.</summary>
public enum DnsRecordType
{
    /// <summary>No question.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>Another name of the same thing.</summary>
    Cname = 5,

    /// <summary>Where a zone begins.</summary>
    Soa = 6,

    /// <summary>The name of an address.</summary>
#pragma warning disable CA1720 // it is the name that RFC 1035 gives
    Ptr = 12,
#pragma warning restore CA1720

    /// <summary>A mail server.</summary>
    Mx = 15,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>Host and port of a service.</summary>
    Srv = 33,

    /// <summary>Another name of a whole subtree.</summary>
    Dname = 39,

    /// <summary>Not a record: what a message says about its sender (EDNS).</summary>
    Opt = 41,

    /// <summary>Everything that there is.</summary>
    Any = 255,
}

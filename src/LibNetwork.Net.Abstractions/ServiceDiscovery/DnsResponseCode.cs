namespace LibNetwork.ServiceDiscovery;

/// <summary>How a DNS question was answered; a resolver also meets numbers that have no name here.</summary>
public enum DnsResponseCode
{
    /// <summary>NOERROR: the name exists, with or without such records.</summary>
    Success = 0,

    /// <summary>FORMERR: the question could not be read.</summary>
    FormatError = 1,

    /// <summary>SERVFAIL: nobody could say.</summary>
    ServerFailure = 2,

    /// <summary>NXDOMAIN: there is no such name.</summary>
    NameError = 3,

    /// <summary>NOTIMP: something else than a question.</summary>
    NotImplemented = 4,

    /// <summary>REFUSED: it may not be asked, or too much was asked at once.</summary>
    Refused = 5,

    /// <summary>BADVERS: an unknown version of EDNS.</summary>
    BadVersion = 16,
}

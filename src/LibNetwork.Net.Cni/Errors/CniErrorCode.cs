namespace LibNetwork.Cni.Errors;

/// <summary>The numbers that tell a runtime what went wrong. Those below 100 are the CNI specification's.</summary>
internal enum CniErrorCode
{
    IncompatibleVersion = 1,
    UnsupportedField = 2,
    UnknownContainer = 3,
    InvalidEnvironment = 4,
    InputOutput = 5,
    Undecodable = 6,
    InvalidConfiguration = 7,
    TryAgainLater = 11,
    NotAvailable = 50,

    /// <summary>The library failed, and nothing better is known.</summary>
    Internal = 100,

    /// <summary>No address is left, or no port.</summary>
    Exhausted = 101,

    /// <summary>An address, a port, a name or a bridge is somebody else's.</summary>
    Conflict = 102,

    /// <summary>The kernel lacks something.</summary>
    NotSupported = 103,

    /// <summary>The process lacks a capability.</summary>
    PermissionDenied = 104,

    /// <summary>The kernel is not as an earlier result says.</summary>
    CheckFailed = 105,
}

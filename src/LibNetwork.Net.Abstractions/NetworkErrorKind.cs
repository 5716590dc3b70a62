namespace LibNetwork;

/// <summary>Why an operation failed, in terms that a caller can act on. Values are stable; new ones may be added.</summary>
public enum NetworkErrorKind
{
    /// <summary>Nothing better is known; usually a driver's own failure.</summary>
    Internal = 0,

    /// <summary>A value that the caller gave is not valid; <see cref="NetworkException.Field"/> names it.</summary>
    InvalidArgument = 1,

    /// <summary>The named object does not exist.</summary>
    NotFound = 2,

    /// <summary>The name, address or kernel object is taken; <see cref="NetworkException.Holder"/> says by whom.</summary>
    Conflict = 3,

    /// <summary>The object's present state forbids it, for example deleting a network that has endpoints.</summary>
    Forbidden = 4,

    /// <summary>A pool has nothing left to give.</summary>
    Exhausted = 5,

    /// <summary>The kernel, the driver or the configuration lacks the feature.</summary>
    NotSupported = 6,

    /// <summary>The process lacks a capability.</summary>
    PermissionDenied = 7,

    /// <summary>It cannot be done now and may work later.</summary>
    Unavailable = 8,
}

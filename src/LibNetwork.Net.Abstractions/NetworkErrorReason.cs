namespace LibNetwork;

/// <summary>What exactly is behind a <see cref="NetworkErrorKind"/>, where a caller may want to tell. Values are stable; new ones may be added.</summary>
public enum NetworkErrorReason
{
    /// <summary>The kind says it all.</summary>
    None = 0,

    /// <summary>The address that was asked for is taken.</summary>
    AddressInUse = 1,

    /// <summary>The address that was asked for is not in the pool.</summary>
    AddressOutsidePool = 2,

    /// <summary>The pool has no free address left.</summary>
    AddressesExhausted = 3,

    /// <summary>The subnet that was asked for overlaps one that is taken.</summary>
    PoolOverlaps = 4,

    /// <summary>There is no free pool left.</summary>
    PoolsExhausted = 5,

    /// <summary>The host's port that was asked for is taken.</summary>
    PortInUse = 6,

    /// <summary>The host has no free port left among those to pick from.</summary>
    PortsExhausted = 7,
}

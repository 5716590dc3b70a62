namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Whether a link can carry packets (RFC 2863); the values are the kernel's.</summary>
public enum OperationalState : byte
{
    /// <summary>The driver does not say; most virtual links that are in use.</summary>
    Unknown = 0,

    /// <summary>The hardware is gone.</summary>
    NotPresent = 1,

    /// <summary>It cannot.</summary>
    Down = 2,

    /// <summary>It cannot, because the link below it cannot.</summary>
    LowerLayerDown = 3,

    /// <summary>It is under test.</summary>
    Testing = 4,

    /// <summary>It waits for something outside, for example authentication.</summary>
    Dormant = 5,

    /// <summary>It can.</summary>
    Up = 6,
}

namespace LibNetwork.Reconciliation;

/// <summary>What a <see cref="Finding"/> is about. Values are stable; new ones may be added.</summary>
public enum FindingKind
{
    /// <summary>An interface is gone, or another one has its name.</summary>
    LinkMissing = 0,

    /// <summary>An interface is down.</summary>
    LinkDown = 1,

    /// <summary>A setting of an interface, such as its MTU, is not what it was.</summary>
    LinkChanged = 2,

    /// <summary>An interface is not a port of its bridge.</summary>
    PortDetached = 3,

    /// <summary>An interface lacks an address.</summary>
    AddressMissing = 4,

    /// <summary>A route is gone.</summary>
    RouteMissing = 5,

    /// <summary>A route of somebody else takes the packets.</summary>
    RouteShadowed = 6,

    /// <summary>A kernel parameter has another value.</summary>
    SysctlChanged = 7,

    /// <summary>The firewall's tables are gone, or do not hold what they should.</summary>
    FirewallChanged = 8,

    /// <summary>A packet rule of somebody else drops what a network sends or receives.</summary>
    ForeignDrop = 9,

    /// <summary>Changes of something are not seen when they happen, so that they are not repaired.</summary>
    NotWatched = 10,

    /// <summary>What is known of endpoints on other nodes is not in the kernel.</summary>
    PeerMissing = 11,
}

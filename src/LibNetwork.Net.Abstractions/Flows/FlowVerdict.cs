namespace LibNetwork.Flows;

/// <summary>What becomes of a flow's first packet and of the answer to it; the first that does not arrive decides.</summary>
public enum FlowVerdict
{
    /// <summary>It depends on something that is not known; <see cref="FlowExplanation.Unknowns"/> says on what.</summary>
    Unknown = 0,

    /// <summary>No rule is in its way: it arrives, or leaves the host.</summary>
    Allowed = 1,

    /// <summary>A rule or a policy drops it in silence.</summary>
    Dropped = 2,

    /// <summary>A rule refuses it and tells the sender.</summary>
    Rejected = 3,

    /// <summary>No rule is in its way, but it has none: no route, forwarding is off, an interface is down, or nobody has the address.</summary>
    Unreachable = 4,
}

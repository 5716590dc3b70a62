namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What is to become different about a bridge's port; what is <see langword="null"/> stays.</summary>
public readonly record struct BridgePortChange
{
    /// <summary>Isolated ports of one bridge do not reach each other.</summary>
    public bool? Isolated { get; init; }

    /// <summary>Frames may go out by the port that they came in by.</summary>
    public bool? Hairpin { get; init; }

    /// <summary>The bridge learns hardware addresses from the port.</summary>
    public bool? Learning { get; init; }

    /// <summary>Frames to unknown hardware addresses go out by the port.</summary>
    public bool? UnicastFlood { get; init; }
}

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What to change of a bridge port; what is <see langword="null"/> stays as it is.</summary>
public readonly record struct BridgePortChange
{
    /// <summary>Whether the port reaches only ports that are not isolated.</summary>
    public bool? Isolated { get; init; }

    /// <summary>Whether a frame may leave by the port that it came in by.</summary>
    public bool? Hairpin { get; init; }

    /// <summary>Whether stations are learned from what arrives here.</summary>
    public bool? Learning { get; init; }

    /// <summary>Whether frames for unknown stations are sent here.</summary>
    public bool? Flood { get; init; }

    /// <summary>Whether multicast that nobody asked for is sent here.</summary>
    public bool? MulticastFlood { get; init; }

    /// <summary>Whether broadcasts are sent here.</summary>
    public bool? BroadcastFlood { get; init; }

    /// <summary>Whether the bridge answers for known neighbours instead of flooding the question here.</summary>
    public bool? NeighbourSuppression { get; init; }

    /// <summary>Whether spanning tree messages that arrive here take the port down.</summary>
    public bool? Guard { get; init; }
}

namespace LibNetwork.Cluster;

/// <summary>Something happened to a network that hosts share, and not by a verb of this host. <see cref="INetworkController.WatchEvents"/> tells it.</summary>
public sealed record ClusterNetworkEvent : ControllerEvent
{
    /// <summary>What happened.</summary>
    public required ClusterNetworkEventKind Kind { get; init; }

    /// <summary>The network.</summary>
    public required NetworkId NetworkId { get; init; }

    /// <summary>What is wrong, and what helps; <see langword="null"/> when nothing is.</summary>
    public string? Problem { get; init; }
}

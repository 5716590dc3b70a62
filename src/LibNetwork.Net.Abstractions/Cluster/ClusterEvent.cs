namespace LibNetwork.Cluster;

/// <summary>The node's standing in its cluster has changed.</summary>
public sealed record ClusterEvent : ControllerEvent
{
    /// <summary>What happened.</summary>
    public required ClusterEventKind Kind { get; init; }
}

namespace LibNetwork.Cluster;

/// <summary>What may happen to a node. Values are stable; new ones may be added.</summary>
public enum ClusterEventKind
{
    /// <summary>It has joined.</summary>
    Joined = 0,

    /// <summary>The store is not reached any more: others see that the node is gone, what it holds stays its own.</summary>
    CutOff = 1,

    /// <summary>It is connected again.</summary>
    Reconnected = 2,

    /// <summary>It was cut off for too long: all that it held in the cluster is not its own any more, and others may be given it from now on.</summary>
    HoldingLost = 3,

    /// <summary>It has left.</summary>
    Left = 4,
}

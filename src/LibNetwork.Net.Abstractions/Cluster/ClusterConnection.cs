namespace LibNetwork.Cluster;

/// <summary>How a node stands to its cluster.</summary>
public enum ClusterConnection
{
    /// <summary>It has not joined, or has left.</summary>
    Outside = 0,

    /// <summary>Others see it.</summary>
    Connected = 1,

    /// <summary>The store is not reached: others see that it is gone. What it holds stays its own until its holding is lost.</summary>
    CutOff = 2,
}

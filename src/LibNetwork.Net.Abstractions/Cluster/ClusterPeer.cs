using System.Net;

namespace LibNetwork.Cluster;

/// <summary>Another node of the cluster, as last heard of.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Address">Where it is reached by other nodes; <see langword="null"/> when it does not say.</param>
public sealed record ClusterPeer(NodeId Id, string Name, IPAddress? Address)
{
    /// <summary>Since when nothing is heard of it, by this node's clock; <see langword="null"/> while it is there and this node is connected.</summary>
    /// <remarks>A silent node is listed as long as it may still hold addresses.</remarks>
    public DateTimeOffset? SilentSince { get; init; }
}

using LibNetwork.Ipam;

namespace LibNetwork.Cluster;

/// <summary>A pool of the cluster: which nodes hold it, and its addresses as far as this node knows.</summary>
internal sealed class SharedPool(PoolShare share)
{
    public PoolShare Share { get; } = share;

    public string Name => Share.Name;

    /// <summary>The keys of the nodes that hold it.</summary>
    public SortedSet<string> Keys { get; } = new(StringComparer.Ordinal);
}

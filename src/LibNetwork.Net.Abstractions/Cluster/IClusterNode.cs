namespace LibNetwork.Cluster;

/// <summary>This host as a node of a cluster: hosts that share a store, and with it the pools and addresses of their networks. Thread safe.</summary>
/// <remarks>
/// A node has two leases of the store. With the first, its presence, others see within seconds that it is gone. The second, its holding, is for
/// minutes: a node that is cut off keeps what it holds until that ends, and knows that it has ended before anybody else is given any of it.
/// </remarks>
public interface IClusterNode
{
    /// <summary>The node's id, which stays the same over restarts; <see langword="null"/> before it has joined for the first time.</summary>
    NodeId? Id { get; }

    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>Whether others see it.</summary>
    ClusterConnection Connection { get; }

    /// <summary>The other nodes as last heard of, in the order of their ids. Replaced on change, never changed.</summary>
    IReadOnlyList<ClusterPeer> Peers { get; }

    /// <summary>Joins the cluster; a node that has joined stays as it is. From then on it comes back by itself whenever it was cut off.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Unavailable"/>: the store cannot be reached. <see cref="NetworkErrorKind.Conflict"/>: another host has the id.
    /// </exception>
    Task JoinAsync(CancellationToken cancellationToken = default);

    /// <summary>Leaves for good: gives back all that the node holds, its addresses too. A process that merely ends does not leave.</summary>
    /// <remarks>Idempotent. When the store cannot be told, what the node held is free when its leases end.</remarks>
    Task LeaveAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells what happens to the node, each a <see cref="ClusterEvent"/>, from the enumeration's beginning on.</summary>
    /// <remarks>Ends when the node is disposed. A reader that falls far behind gets <see cref="NetworkErrorKind.Unavailable"/>.</remarks>
    IAsyncEnumerable<ControllerEvent> WatchEvents();
}

using System.Net;

namespace LibNetwork.Overlay;

/// <summary>The keys of encrypted overlay networks: those of this node, for others, and what others say of theirs. Thread safe.</summary>
/// <remarks>
/// A node has a key while it has an encrypted network, and two for a while after a rotation. Peers on a node whose keys nobody told are out of reach,
/// and nothing of it is let in. Told keys are in no store: who tells them tells them again after a start, until when those in the kernel stay.
/// Private keys are known to the kernel alone.
/// </remarks>
public interface IOverlayKeys
{
    /// <summary>This node's keys, the oldest first; none without an encrypted network. Others must be told of all of them.</summary>
    IReadOnlyList<OverlayNodeKey> OwnKeys { get; }

    /// <summary>This node's keys now, and again after each change.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<IReadOnlyList<OverlayNodeKey>> WatchOwnKeysAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells the keys of another node, in the place of those that were told before. Traffic moves to a newer key when both nodes have agreed on it.</summary>
    /// <param name="nodeAddress">The address that the node advertises.</param>
    /// <param name="keys">Its keys, the oldest first, at most four; none forgets the node.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing has changed.</param>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: the address is not that of another node, or a key is none.
    /// <see cref="NetworkErrorKind.Conflict"/>: another node has one of the keys.
    /// </exception>
    ValueTask TellNodeAsync(IPAddress nodeAddress, IReadOnlyList<OverlayNodeKey> keys, CancellationToken cancellationToken = default);

    /// <summary>Makes these the only nodes with keys: tells each, and forgets all others.</summary>
    /// <param name="nodes">The keys of each node by the address that it advertises.</param>
    /// <param name="cancellationToken">Cancels the call; some nodes may have been told.</param>
    /// <exception cref="NetworkException">As with <see cref="TellNodeAsync"/>; the nodes before have been told.</exception>
    ValueTask ReplaceNodesAsync(IReadOnlyDictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> nodes, CancellationToken cancellationToken = default);

    /// <summary>Begins a new key. The one before stays until the driver's time for that is over; others must be told of the new one before.</summary>
    /// <param name="cancellationToken">Cancels the call; then nothing has changed.</param>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.NotFound"/>: there is no encrypted network. <see cref="NetworkErrorKind.Conflict"/>: the key before the present one
    /// is still in use, or the new one's port is taken.
    /// </exception>
    ValueTask RotateAsync(CancellationToken cancellationToken = default);
}

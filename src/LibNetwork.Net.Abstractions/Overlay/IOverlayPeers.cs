namespace LibNetwork.Overlay;

/// <summary>Tells an overlay driver of the endpoints that networks have on other nodes. Nobody else is let in, and nothing is learned. Thread safe.</summary>
/// <remarks>
/// A network's peers reach the kernel only while the network has an endpoint on this host, whenever they were told. They are in no store: who
/// tells them tells them again after a start, until when those that were in the kernel stay. A call that fails leaves everything as it was.
/// </remarks>
public interface IOverlayPeers
{
    /// <summary>Adds peers. One that is known already is not an error.</summary>
    /// <param name="networkId">The network.</param>
    /// <param name="peers">The peers.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing has changed.</param>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.NotFound"/>: there is no such network. <see cref="NetworkErrorKind.InvalidArgument"/>: a peer cannot be on it, and
    /// <see cref="NetworkException.Field"/> says why: an address outside its subnets, a hardware address of a group, this node's own address.
    /// <see cref="NetworkErrorKind.Conflict"/>: another peer, or an endpoint here, has its address or hardware address.
    /// </exception>
    ValueTask AddAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default);

    /// <summary>Removes peers. One that is not known, or is with other addresses or on another node by now, is not an error and stays.</summary>
    /// <param name="networkId">The network; an unknown one is not an error.</param>
    /// <param name="peers">The peers, as they were added.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing has changed.</param>
    ValueTask RemoveAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default);

    /// <summary>Makes these the network's only peers. What stays the same is not touched.</summary>
    /// <param name="networkId">The network.</param>
    /// <param name="peers">All peers.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing has changed.</param>
    /// <exception cref="NetworkException">As with <see cref="AddAsync"/>.</exception>
    ValueTask ReplaceAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default);
}

using LibNetwork.Cluster;

namespace LibNetwork.Controller;

/// <summary>
/// This node's part in a network that hosts share. While it has endpoints on it the store says so, so that nobody deletes it, and their addresses are
/// bound to the node's holding; when that is another one, because a process began or was cut off for too long, all of it is claimed anew.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="isRestored">Whether an earlier process may have left something in the store.</param>
internal sealed class NetworkMembership(Network network, ClusterNetworks cluster, bool isRestored)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile bool _isKnown = isRestored;   // whether the store may say that this node is a member
    private string? _holding;   // what everything is bound to

    /// <summary>Whether there may be something to settle.</summary>
    public bool IsOpen => _isKnown || network.HasEndpoints;

    /// <summary>Becomes a member before an endpoint is made.</summary>
    /// <returns>What the endpoint is bound to.</returns>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.NotFound"/>: the network was deleted. <see cref="NetworkErrorKind.Unavailable"/>: the node is cut off.
    /// </exception>
    public async Task<NodeHolding> EnterAsync(CancellationToken cancellationToken)
    {
        NodeHolding holding = await cluster.Node.HoldingAsync(cancellationToken).ConfigureAwait(false);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ClaimAsync(holding, cancellationToken).ConfigureAwait(false);
            return holding;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes the store say what is so: that this node is a member, or that it is none.</summary>
    /// <exception cref="NetworkException">As <see cref="EnterAsync"/>; it is to be tried again.</exception>
    /// <param name="patience">How long to wait for others that do the same.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns><see langword="false"/> when that is too short.</returns>
    public async Task<bool> SettleAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(patience, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        try
        {
            if (network.HasEndpoints)
            {
                await ClaimAsync(await cluster.Node.HoldingAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            }
            else if (_isKnown)
            {
                _holding = null;   // whoever makes an endpoint now waits for the turn, and claims anew
                await cluster.ResignAsync(network.Id, cancellationToken).ConfigureAwait(false);
                _isKnown = false;
            }

            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ClaimAsync(NodeHolding holding, CancellationToken cancellationToken)
    {
        if (_holding != holding.Id)
        {
            _isKnown = true;
            await cluster.EnrolAsync(network.Id, network.Subject, holding, cancellationToken).ConfigureAwait(false);
            await network.ReclaimAddressesAsync(cancellationToken).ConfigureAwait(false);
            _holding = holding.Id;
        }
    }
}

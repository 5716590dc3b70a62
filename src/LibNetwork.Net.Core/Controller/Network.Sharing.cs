using LibNetwork.Cluster;

namespace LibNetwork.Controller;

/// <content>Being shared by the hosts of a cluster.</content>
internal sealed partial class Network
{
    private readonly ClusterNetworks? _cluster;   // null: this host's alone
    private readonly NetworkMembership? _membership;
    private bool _isDeserted;

    /// <summary>Whether it was deleted from the cluster and lives on here, because it has endpoints.</summary>
    public bool IsDeserted
    {
        get
        {
            lock (_gate)
            {
                return _isDeserted;
            }
        }
    }

    public bool HasEndpoints
    {
        get
        {
            lock (_gate)
            {
                return _endpointNames.Count > 0;
            }
        }
    }

    /// <summary>Whether this process may hold addresses of the network: it has joined the cluster, and that has the network still.</summary>
    public bool IsInCluster => _cluster is { Node.Connection: not ClusterConnection.Outside } cluster && !IsDeserted && (!cluster.Directory.IsRead || cluster.Directory.Has(State));

    /// <summary>Whether there may be something to settle.</summary>
    public bool IsOpen => _membership is { IsOpen: true } && !IsDeserted;

    /// <summary>Whether the network itself holds a pool, in the cluster.</summary>
    public bool SharesPool(string poolId) => _cluster is not null && State.Pools.Any(pool => pool.PoolId == poolId && _cluster.Holds(pool));

    /// <summary>Makes the cluster's store say what is so about this node's part.</summary>
    public Task SettleAsync(CancellationToken cancellationToken)
        => _membership is null || IsDeserted ? Task.CompletedTask : _membership.SettleAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>An endpoint is gone; with the last one, this node's part. If the store cannot be told now, it is later.</summary>
    public async Task ResignAsync()
    {
        if (_cluster is null || _membership is null || HasEndpoints)
        {
            return;
        }

        if (_cluster.Node.Connection == ClusterConnection.Connected && !IsDeserted)
        {
            try
            {
                if (await _membership.SettleAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (NetworkException later) when (later.IsTransient)
            {
                // Whoever follows the cluster tries again.
            }
        }

        _cluster.Wake();
    }

    /// <summary>Takes the endpoints' addresses under this node's present holding.</summary>
    public async Task ReclaimAddressesAsync(CancellationToken cancellationToken)
    {
        foreach (Endpoint endpoint in _endpoints.Values)
        {
            await endpoint.ReclaimAddressesAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Does without a network that the cluster does not have any more; with endpoints on it, it lives on until they are gone.</summary>
    /// <returns>What there is to tell; <see langword="null"/> when that is nothing new.</returns>
    public async Task<ClusterNetworkEventKind?> DropAsync()
    {
        lock (_gate)
        {
            if (_isDeleted)
            {
                return null;   // by a verb that is under way
            }

            if (_endpointNames.Count > 0)
            {
                bool isNews = !_isDeserted;
                _isDeserted = true;
                return isNews ? ClusterNetworkEventKind.Deserted : null;
            }

            _isDeleted = true;
        }

        _heldPools.Clear();   // whoever deleted it has given them back
        await DeleteCoreAsync().ConfigureAwait(false);
        return ClusterNetworkEventKind.Gone;
    }

    /// <summary>Takes part in the network before an endpoint is made.</summary>
    /// <returns>What the endpoint is bound to; <see langword="null"/> on a network of this host alone.</returns>
    private async ValueTask<NodeHolding?> EnterAsync(CancellationToken cancellationToken)
        => _membership is null ? null
            : !IsDeserted ? await _membership.EnterAsync(cancellationToken).ConfigureAwait(false)
            : throw new NetworkException(NetworkErrorKind.NotFound, Subject, "was deleted from its cluster, and is here only until its endpoints are gone");

    /// <summary>What is bound to a holding that has ended since is bound to nothing.</summary>
    private void ThrowIfLost(NodeHolding? holding)
    {
        if (holding is { Ended.IsCancellationRequested: true } && _cluster is not null)
        {
            throw _cluster.Node.IsCutOff();
        }
    }

    private void WakeFollower() => _cluster?.Wake();

    /// <summary>Deletes it from the cluster first, and here when that is done. The caller has marked it as deleted.</summary>
    private async Task DeleteForAllAsync(ClusterNetworks cluster, CancellationToken cancellationToken)
    {
        try
        {
            if (IsDeserted || !await cluster.DeleteAsync(Id, Subject, cancellationToken).ConfigureAwait(false))
            {
                _heldPools.Clear();   // another node has deleted it, and has given them back
            }
        }
        catch
        {
            lock (_gate)
            {
                _isDeleted = false;
            }

            cluster.Wake();
            throw;
        }

        await DeleteCoreAsync().ConfigureAwait(false);
    }
}

using System.Net;
using LibNetwork.Ipam;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>The pools and addresses of networks that hosts share: what is free here is proposed, and the store decides.</summary>
/// <remarks>
/// All that a node has is bound to its holding. What is proposed comes from a replica of the store, so a choice costs no request but the commit;
/// when another node was faster the commit does not happen, and the next choice is made knowing that.
/// </remarks>
internal sealed partial class SharedAddresses : IReplicaView, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ClusterNode _node;
    private readonly ILeasingStore _store;
    private readonly ILogger<SharedAddresses> _logger;
    private readonly TimeProvider _time;
    private readonly AddressReplica _replica;
    private readonly HeldKeys _held = new();
    private readonly StoreReplica _following;
    private readonly Task _givingBack;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SharedAddresses(string space, ClusterNode node, ILeasingStore store, ILogger<SharedAddresses> logger, TimeProvider time)
    {
        (Space, _node, _store, _logger, _time) = (space, node, store, logger, time);
        _replica = new AddressReplica(space, time);
        _following = new StoreReplica(store, ClusterKeys.Ipam, this, logger, time);
        _givingBack = GiveBackAsync(_stop.Token);
    }

    /// <summary>The address space that is shared.</summary>
    public string Space { get; }

    /// <summary>Takes an address, as <see cref="IIpamDriver.RequestAddressAsync"/> says. The same holder of the same node gets the same one again.</summary>
    public async ValueTask<InterfaceAddress> RequestAddressAsync(IpamAddressRequest request, bool serial, CancellationToken cancellationToken)
    {
        NodeHolding holding = await ReadyAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await TakeAsync(request, serial, holding, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await GiveBackUnusedAsync(request.PoolId).ConfigureAwait(false);   // held for this address alone, perhaps
            throw;
        }
    }

    /// <summary>Gives an address back, as <see cref="IIpamDriver.ReleaseAddressAsync"/> says.</summary>
    /// <remarks>When the store is not reached, the node has let go of the address all the same, and tells the store when it is back.</remarks>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Forbidden"/>: another node holds it.</exception>
    public async ValueTask ReleaseAddressAsync(string poolId, IPAddress address, CancellationToken cancellationToken)
    {
        await ReplicaReadyAsync(cancellationToken).ConfigureAwait(false);
        string key;
        lock (_gate)
        {
            SharedPool pool = _replica.FindPool(poolId) ?? throw NetworkException.NotFound($"pool {poolId}");
            key = ClusterKeys.Address(pool.Share.Id, pool.Share.Checked(address));
            if (_replica.Find(key) is not { Hold: { } hold })
            {
                return;
            }

            if (hold.Node != _replica.Self)
            {
                string holder = hold.TextOn(_replica.Self) ?? string.Empty;
                throw NetworkException.Forbidden($"address {address}", $"is held by {holder}", holder, "release it on that node");
            }

            Condemn(key);
        }

        await TryGiveBackAsync(key).ConfigureAwait(false);
        await GiveBackUnusedAsync(poolId).ConfigureAwait(false);
    }

    /// <summary>Makes an address that this node holds another holder's, as <see cref="IIpamHolderDriver.RenameHolderAsync"/> says; another's is left alone.</summary>
    public async ValueTask RenameHolderAsync(string poolId, IPAddress address, string holder, CancellationToken cancellationToken)
    {
        NodeHolding holding = await ReadyAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            string key;
            AddressReplica.Entry entry;
            lock (_gate)
            {
                SharedPool pool = _replica.FindPool(poolId) ?? throw NetworkException.NotFound($"pool {poolId}");
                key = ClusterKeys.Address(pool.Share.Id, pool.Share.Checked(address));
                if (_replica.Find(key) is not { Hold: { } hold } found || !_held.Contains(key) || hold.Holder == holder)
                {
                    return;
                }

                entry = found;
            }

            byte[] value = ClusterRecords.Write(entry.Hold! with { Holder = holder });   // looked at above
            long? revision = await CommitAsync(
                new StoreTransaction { Checks = [(key, entry.Revision)], Puts = [(key, value)], Lease = holding.Lease }, holding, cancellationToken).ConfigureAwait(false);
            if (revision is { } done)
            {
                lock (_gate)
                {
                    _replica.Learn(key, value, done);
                }

                return;
            }

            await LookAsync(key, entry.Revision, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Counts a pool's addresses, as far as this node knows.</summary>
    public async ValueTask<PoolUsage> GetUsageAsync(string poolId, CancellationToken cancellationToken)
    {
        await ReplicaReadyAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            return (_replica.FindPool(poolId) ?? throw NetworkException.NotFound($"pool {poolId}")).Share.Usage();
        }
    }

    public void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        lock (_gate)
        {
            _replica.Reset(entries, revision);
            foreach ((string key, _) in _held.Holding is { } holding ? _replica.Under(holding).ToArray() : [])
            {
                CondemnStray(key);
            }

            TellProgress();
        }
    }

    public void Apply(StoreChange change)
    {
        lock (_gate)
        {
            _replica.Apply(change);
            CondemnStray(change.Key);
            TellProgress();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _givingBack.ConfigureAwait(false);
        await _following.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _work.Dispose();
        _poolTurn.Dispose();
    }

    private async ValueTask<InterfaceAddress> TakeAsync(IpamAddressRequest request, bool serial, NodeHolding holding, CancellationToken cancellationToken)
    {
        while (true)
        {
            HeldPool pool = await HoldAsync(request.PoolId, holding, cancellationToken).ConfigureAwait(false);
            Attempt attempt = request.Address is { } wanted
                ? Named(pool, wanted, request, holding)
                : Chosen(pool, pool.Share.TakeNext(serial, request.Holder), request, holding);
            if (attempt.IsHeld || await TryTakeAsync(attempt, pool, holding, cancellationToken).ConfigureAwait(false))
            {
                return new InterfaceAddress(attempt.Address, pool.Share.Id.Subnet.PrefixLength);
            }
        }
    }

    /// <summary>The holding that requests go by, once the replica has been filled.</summary>
    private async ValueTask<NodeHolding> ReadyAsync(CancellationToken cancellationToken)
    {
        NodeHolding holding = await _node.HoldingAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _replica.Self = _node.Id?.Value;
            if (_held.Holding != holding.Id)
            {
                // What was held under another is not held any more; whoever still has it under that one takes it over by name.
                _held.Begin(holding.Id);
                _condemned.Clear();
            }
        }

        await _following.ReadyAsync(cancellationToken).ConfigureAwait(false);
        return holding;
    }

    private async ValueTask ReplicaReadyAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_node.Connection == ClusterConnection.CutOff)
        {
            return;   // by what was last known
        }

        await ReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    private Attempt Chosen(HeldPool pool, InterfaceAddress proposal, IpamAddressRequest request, NodeHolding holding)
        => new(ClusterKeys.Address(pool.Share.Id, proposal.Address), proposal.Address, Revision: 0, IsHeld: false, Record(request, holding));

    private Attempt Named(HeldPool pool, IPAddress wanted, IpamAddressRequest request, NodeHolding holding)
    {
        string key = ClusterKeys.Address(pool.Share.Id, pool.Share.Checked(wanted));
        lock (_gate)
        {
            if (_replica.Find(key) is not { Hold: { } hold } entry)
            {
                pool.Share.Take(wanted, request.Holder, request.Since);
                return new Attempt(key, wanted, Revision: 0, IsHeld: false, Record(request, holding));
            }

            bool isHeld = hold.Holding == holding.Id && _held.Contains(key);
            if (hold.Node == _replica.Self && hold.Holder == request.Holder && !(isHeld && request.Holder is null))
            {
                // Held already, or left by a process before this one, or by a request that failed without anybody knowing that it happened.
                return new Attempt(key, wanted, entry.Revision, isHeld, Record(request, holding));
            }

            string holder = hold.TextOn(_replica.Self) ?? "an earlier request";
            throw new NetworkException(NetworkErrorKind.Conflict, $"pool {pool.Share.Id.Subnet}", $"address {wanted} is held by {holder}")
            {
                Reason = NetworkErrorReason.AddressInUse,
                Holder = holder,
                Remedy = "ask for another address or release that one",
            };
        }
    }

    private HoldRecord Record(IpamAddressRequest request, NodeHolding holding)
        => new(_replica.Self ?? string.Empty, _node.Name, holding.Id, request.Holder, request.Since ?? _time.GetUtcNow());

    /// <returns><see langword="false"/> when something else is so than was thought: what it is, is known now.</returns>
    private async ValueTask<bool> TryTakeAsync(Attempt attempt, HeldPool pool, NodeHolding holding, CancellationToken cancellationToken)
    {
        bool isTaken = false;
        lock (_gate)
        {
            if (_held.Holding != holding.Id || !_held.Contains(pool.Key))
            {
                _replica.Settle(pool.Shared, attempt.Key, pool.OrdinalOf(attempt));
                ThrowUnlessGoing(holding);
                return false;   // the pool is on its way back
            }

            _held.Add(attempt.Key);
            _condemned.Remove(attempt.Key);
        }

        try
        {
            byte[] value = ClusterRecords.Write(attempt.Record);
            long? revision = await CommitAsync(
                new StoreTransaction { Checks = [(attempt.Key, attempt.Revision), (pool.Key, pool.Revision)], Puts = [(attempt.Key, value)], Lease = holding.Lease },
                holding, cancellationToken).ConfigureAwait(false);
            if (revision is { } done)
            {
                lock (_gate)
                {
                    _replica.Learn(attempt.Key, value, done);
                    isTaken = _replica.Find(attempt.Key)?.Revision == done && _held.Holding == holding.Id && _held.Contains(pool.Key);
                }

                ThrowUnlessGoing(holding);
                return isTaken;
            }

            await LookAsync(attempt.Key, attempt.Revision, cancellationToken).ConfigureAwait(false);
            await LookAsync(pool.Key, pool.Revision, cancellationToken).ConfigureAwait(false);
            return false;
        }
        finally
        {
            if (!isTaken)
            {
                lock (_gate)
                {
                    if (_held.Holding == holding.Id)
                    {
                        _held.Remove(attempt.Key);
                        CondemnStray(attempt.Key);
                    }

                    _replica.Settle(pool.Shared, attempt.Key, pool.OrdinalOf(attempt));
                }
            }
        }
    }

    /// <summary>Within the gate or not: a holding that is over does not come back.</summary>
    private void ThrowUnlessGoing(NodeHolding holding)
    {
        if (holding.Ended.IsCancellationRequested || _held.Holding != holding.Id)
        {
            throw _node.IsCutOff();
        }
    }

    /// <summary>Commits under the node's holding; when the store says that there is no such lease any more, the node hears of it.</summary>
    private async ValueTask<long?> CommitAsync(StoreTransaction transaction, NodeHolding holding, CancellationToken cancellationToken)
    {
        try
        {
            return await _store.TryCommitAsync(transaction, cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException ended) when (ended.Kind == NetworkErrorKind.NotFound)
        {
            holding.Forfeit();
            throw _node.IsCutOff();
        }
    }

    /// <summary>Reads a key of which the store says that it is not as was thought, without waiting for the change to come by itself.</summary>
    private async ValueTask LookAsync(string key, long thought, CancellationToken cancellationToken)
    {
        StoreEntry? entry = await _store.GetAsync(key, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (entry is not null)
            {
                _replica.Learn(key, entry.Value, entry.Revision);
                CondemnStray(key);
            }
            else
            {
                _replica.Forget(key, thought);
            }
        }
    }

    /// <summary>Waits until all is known that happened up to a revision.</summary>
    private ValueTask CatchUpAsync(long revision, CancellationToken cancellationToken) => WaitAsync(() => _replica.Revision >= revision, cancellationToken);

    /// <summary>Waits until something is so, which is looked at within the gate.</summary>
    private async ValueTask WaitAsync(Func<bool> isSo, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                if (isSo())
                {
                    return;
                }

                progress = _progress.Task;
            }

            try
            {
                await progress.WaitAsync(Patience - _time.GetElapsedTime(start) is { Ticks: > 0 } left ? left : TimeSpan.Zero, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw _node.IsCutOff();
            }
        }
    }

    private void TellProgress()
    {
        _progress.SetResult();
        _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Attempt(string Key, IPAddress Address, long Revision, bool IsHeld, HoldRecord Record);

    /// <summary>A pool as this node holds it: no address is taken of it unless its key is as it was.</summary>
    private sealed record HeldPool(SharedPool Shared, string Key, long Revision)
    {
        public PoolShare Share => Shared.Share;

        public UInt128 OrdinalOf(Attempt attempt) => Share.Id.Subnet.OrdinalOf(attempt.Address);
    }
}

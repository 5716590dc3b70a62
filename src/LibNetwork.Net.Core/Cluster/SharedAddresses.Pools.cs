using System.Text;
using LibNetwork.Internal;
using LibNetwork.Ipam;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

internal sealed partial class SharedAddresses
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _poolTurn = new(1, 1);   // within this node; among nodes the generation decides

    /// <summary>Takes a pool, as <see cref="IIpamDriver.RequestPoolAsync"/> says.</summary>
    /// <remarks>A pool belongs to its holder whichever node asks: the network that another node has made is made here with the same pool.</remarks>
    public async ValueTask<IpamPool> RequestPoolAsync(IpamPoolRequest request, CancellationToken cancellationToken)
    {
        NodeHolding holding = await ReadyAsync(cancellationToken).ConfigureAwait(false);
        await _poolTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            AddressSpace space = _replica.Space(request.Pool?.Family ?? request.Family);
            Backoff backoff = new(_time);
            while (true)
            {
                HeldPool? held = FindOwn(space, request) is { } poolId
                    ? await HoldInTurnAsync(poolId, holding, request, cancellationToken).ConfigureAwait(false)
                    : await TryTakeNewAsync(space, request, holding, cancellationToken).ConfigureAwait(false);
                if (held is not null)
                {
                    return new IpamPool(held.Share.Name, held.Share.Id.Subnet);
                }

                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);   // another node takes one at the same time, or gives it back
            }
        }
        finally
        {
            _poolTurn.Release();
        }
    }

    /// <summary>Gives a pool back, and this node's addresses of it. It stays taken while other nodes have addresses of it.</summary>
    public async ValueTask ReleasePoolAsync(string poolId, CancellationToken cancellationToken)
    {
        await ReplicaReadyAsync(cancellationToken).ConfigureAwait(false);
        await _poolTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            List<string> keys = [];
            lock (_gate)
            {
                if (_replica.FindPool(poolId) is not { } pool || _replica.Self is not { } self || _replica.Find(ClusterKeys.Pool(poolId, self)) is not { Hold: { } hold }
                    || (hold.Holding == _held.Holding && !_held.Contains(ClusterKeys.Pool(poolId, self))))
                {
                    throw NetworkException.InvalidArgument($"pool {poolId}", "PoolId", "is not taken by this node");
                }

                string key = ClusterKeys.Pool(poolId, self);
                Condemn(key);   // from now on no request of this process goes by it
                if (!SharesSubnet(pool, key))
                {
                    keys.AddRange(_replica.AddressesOf(pool.Share.Id, self));
                }

                keys.ForEach(Condemn);
                keys.Add(key);
            }

            foreach (string key in keys)
            {
                await TryGiveBackAsync(key).ConfigureAwait(false);
            }
        }
        finally
        {
            _poolTurn.Release();
        }
    }

    /// <summary>The pool that is asked for, if it is there and is the asker's, on this node or another.</summary>
    private string? FindOwn(AddressSpace space, IpamPoolRequest request)
    {
        lock (_gate)
        {
            return space.Named(request) is { } named && _replica.FindPool(named.ToString()) is { } pool && pool.Keys.Select(_replica.Find).Any(entry =>
                entry?.Hold is { } hold && hold.Holder == request.Holder
                && (request.Holder is not null || (hold.Node == _replica.Self && hold.Holding != _held.Holding)))
                ? pool.Name
                : null;
        }
    }

    /// <summary>Holds a pool that some node holds, so that this node may have addresses of it.</summary>
    private async ValueTask<HeldPool> HoldAsync(string poolId, NodeHolding holding, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (FindHeld(poolId, holding) is { } held)
            {
                return held;
            }
        }

        await _poolTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await HoldInTurnAsync(poolId, holding, request: null, cancellationToken).ConfigureAwait(false) ?? throw NetworkException.NotFound($"pool {poolId}");
        }
        finally
        {
            _poolTurn.Release();
        }
    }

    /// <param name="poolId">The pool.</param>
    /// <param name="holding">What it is bound to.</param>
    /// <param name="request">Who asks for the pool; <see langword="null"/>: only addresses of it are asked for.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns><see langword="null"/> when no node holds it any more.</returns>
    private async ValueTask<HeldPool?> HoldInTurnAsync(string poolId, NodeHolding holding, IpamPoolRequest? request, CancellationToken cancellationToken)
    {
        while (true)
        {
            string key, witness;
            long revision, witnessed;
            HoldRecord record;
            bool isNew;
            lock (_gate)
            {
                ThrowUnlessGoing(holding);
                if (_replica.FindPool(poolId) is not { } pool)
                {
                    return null;
                }

                key = ClusterKeys.Pool(poolId, _replica.Self ?? string.Empty);
                AddressReplica.Entry? own = _replica.Find(key);
                if (FindHeld(poolId, holding) is { } held && (request is null || own is { Hold.IsJoined: false }))
                {
                    return held;
                }

                // Some node's hold must still be there when this one comes: so the pool is never free between the two.
                witness = own is null ? pool.Keys.Min ?? key : key;
                if (_replica.Find(witness) is not { Hold: { } like } seen)
                {
                    return null;
                }

                (revision, witnessed) = (own?.Revision ?? 0, seen.Revision);
                record = like with
                {
                    Node = _replica.Self ?? string.Empty, NodeName = _node.Name, Holding = holding.Id, IsJoined = request is null && (own is null || like.IsJoined),
                };
                isNew = _held.Add(key);
                _condemned.Remove(key);
            }

            await CommitHoldAsync(
                key, record, isNew, witness == key ? [(key, revision)] : [(key, 0), (witness, witnessed)], holding, cancellationToken).ConfigureAwait(false);
            if (witness != key)
            {
                await LookAsync(witness, witnessed, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes a pool that nobody has.</summary>
    /// <remarks>
    /// Whether pools overlap no check of a single key can tell. So who takes one writes the space's generation, waits until all that came before
    /// that is known here, chooses, and commits only if nobody has written the generation since.
    /// </remarks>
    /// <returns><see langword="null"/> when another node was faster.</returns>
    private async ValueTask<HeldPool?> TryTakeNewAsync(AddressSpace space, IpamPoolRequest request, NodeHolding holding, CancellationToken cancellationToken)
    {
        space.Propose(request);   // what is refused by what is known here costs the others nothing
        string generation = ClusterKeys.Generation(Space);
        long turn = await _store.TryCommitAsync(
            new StoreTransaction { Puts = [(generation, Encoding.UTF8.GetBytes(_node.Name))] }, cancellationToken).ConfigureAwait(false) ?? 0;
        await CatchUpAsync(turn, cancellationToken).ConfigureAwait(false);
        string poolId, key;
        HoldRecord record;
        bool isNew;
        lock (_gate)
        {
            ThrowUnlessGoing(holding);
            if (FindOwn(space, request) is not null)
            {
                return null;
            }

            poolId = space.Propose(request).ToString();
            key = ClusterKeys.Pool(poolId, _replica.Self ?? string.Empty);
            record = new HoldRecord(
                _replica.Self ?? string.Empty, _node.Name, holding.Id, request.Holder, request.Since ?? _time.GetUtcNow(),
                request.Withheld.Count == 0 ? null : [.. request.Withheld.Select(static range => range.ToString())]);
            isNew = _held.Add(key);
            _condemned.Remove(key);
        }

        await CommitHoldAsync(key, record, isNew, [(generation, turn), (key, 0)], holding, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            return FindHeld(poolId, holding);
        }
    }

    /// <summary>Writes this node's hold on a pool, if the checks hold; what is so afterwards is known here.</summary>
    private async ValueTask CommitHoldAsync(
        string key, HoldRecord record, bool isNew, IReadOnlyList<(string Key, long Revision)> checks, NodeHolding holding, CancellationToken cancellationToken)
    {
        bool isHeld = false;
        try
        {
            byte[] value = ClusterRecords.Write(record);
            long? revision = await CommitAsync(
                new StoreTransaction { Checks = checks, Puts = [(key, value)], Lease = holding.Lease }, holding, cancellationToken).ConfigureAwait(false);
            if (revision is { } done)
            {
                lock (_gate)
                {
                    _replica.Learn(key, value, done);
                    isHeld = _replica.Find(key)?.Revision == done && _held.Holding == holding.Id;
                }

                if (!isHeld)
                {
                    throw _node.IsCutOff();   // it has come and gone
                }

                return;
            }

            await LookAsync(key, checks.First(check => check.Key == key).Revision, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!isHeld)
            {
                lock (_gate)
                {
                    if (isNew && _held.Holding == holding.Id)
                    {
                        _held.Remove(key);
                        CondemnStray(key);
                    }
                }
            }
        }
    }

    /// <summary>The pool, if this process holds it. Within the gate.</summary>
    private HeldPool? FindHeld(string poolId, NodeHolding holding)
    {
        string key = ClusterKeys.Pool(poolId, _replica.Self ?? string.Empty);
        return _held.Contains(key) && _replica.FindPool(poolId) is { } pool && _replica.Find(key) is { Hold: { } hold } entry && hold.Holding == holding.Id
            ? new HeldPool(pool, key, entry.Revision)
            : null;
    }

    /// <summary>Whether this node also holds another pool of the same subnet, whose addresses they are as well. Within the gate.</summary>
    private bool SharesSubnet(SharedPool pool, string but)
        => _replica.PoolsOf(pool.Share.Id).Any(other => other != pool && ClusterKeys.Pool(other.Name, _replica.Self ?? string.Empty) is { } key && key != but && _held.Contains(key));
}

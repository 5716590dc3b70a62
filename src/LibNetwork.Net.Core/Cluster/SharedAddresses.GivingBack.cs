using LibNetwork.Internal;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

internal sealed partial class SharedAddresses
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly HashSet<string> _condemned = new(StringComparer.Ordinal);   // keys of this node that it has no use for

    /// <summary>This node lets go of a key. Within the gate.</summary>
    private void Condemn(string key)
    {
        _held.Remove(key);
        _condemned.Add(key);
    }

    /// <summary>Lets go of a key that is bound to this process's holding and that nobody here asked for. Within the gate.</summary>
    private void CondemnStray(string key)
    {
        if (_held.Holding is { } holding && _replica.Find(key)?.Hold?.Holding == holding && !_held.Contains(key) && _condemned.Add(key))
        {
            _work.Release();
        }
    }

    /// <summary>Deletes a condemned key now if the store is reached, else later.</summary>
    private async ValueTask TryGiveBackAsync(string key)
    {
        if (_node.Connection == ClusterConnection.Connected)
        {
            try
            {
                await GiveBackAsync(key).ConfigureAwait(false);
                return;
            }
            catch (NetworkException unreachable) when (unreachable.IsTransient)
            {
                Log.NotGivenBack(_logger, unreachable, key);
            }
        }

        _work.Release();
    }

    private async ValueTask GiveBackAsync(string key)
    {
        while (true)
        {
            long revision;
            lock (_gate)
            {
                if (!_condemned.Contains(key))
                {
                    return;   // it is wanted again
                }

                if (_replica.Find(key) is not { Hold: { } hold } entry || hold.Node != _replica.Self)
                {
                    _condemned.Remove(key);
                    return;
                }

                revision = entry.Revision;
            }

            if (await _store.TryCommitAsync(new StoreTransaction { Checks = [(key, revision)], Deletes = [key] }, CancellationToken.None).ConfigureAwait(false) is { } done)
            {
                lock (_gate)
                {
                    _replica.Learn(key, value: null, done);
                    if (_replica.Find(key) is null)
                    {
                        _condemned.Remove(key);
                    }
                }
            }
            else
            {
                await LookAsync(key, revision, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A pool that this node holds only for addresses of its own goes with the last of them.</summary>
    private async ValueTask GiveBackUnusedAsync(string poolId)
    {
        lock (_gate)
        {
            if (FindUnused(poolId) is null)
            {
                return;
            }
        }

        await _poolTurn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            string? key;
            lock (_gate)
            {
                key = FindUnused(poolId);
                if (key is not null)
                {
                    Condemn(key);
                }
            }

            if (key is not null)
            {
                await TryGiveBackAsync(key).ConfigureAwait(false);
            }
        }
        finally
        {
            _poolTurn.Release();
        }
    }

    /// <summary>This node's key of a pool that it joined for its addresses and has none of any more. Within the gate.</summary>
    private string? FindUnused(string poolId)
    {
        string key = ClusterKeys.Pool(poolId, _replica.Self ?? string.Empty);
        return _replica.FindPool(poolId) is { } pool && _replica.Find(key) is { Hold.IsJoined: true } && _held.Contains(key)
            && _held.Below(ClusterKeys.AddressesOf(pool.Share.Id)).Count == 0
            ? key
            : null;
    }

    /// <summary>Deletes in the background what could not be deleted at once.</summary>
    private async Task GiveBackAsync(CancellationToken stop)
    {
        Backoff backoff = new(_time);
        while (!stop.IsCancellationRequested)
        {
            await _work.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            string[] keys;
            lock (_gate)
            {
                keys = [.. _condemned];
            }

            try
            {
                foreach (string key in keys)
                {
                    stop.ThrowIfCancellationRequested();
                    await GiveBackAsync(key).ConfigureAwait(false);
                }

                backoff.Reset();
            }
            catch (NetworkException failure)
            {
                Log.NotGivenBack(_logger, failure, keys[0]);
                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _work.Release();
            }
            catch (Exception ended) when (ended is ObjectDisposedException || (ended is OperationCanceledException && stop.IsCancellationRequested))
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.NotGivenBack, LogLevel.Debug, "The cluster's store was not told that {Key} is given back; it will be when it is reached.", EventName = nameof(NotGivenBack))]
        public static partial void NotGivenBack(ILogger logger, Exception failure, string key);
    }
}

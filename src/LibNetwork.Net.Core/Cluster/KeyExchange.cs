using System.Net;
using LibNetwork.Internal;
using LibNetwork.Overlay;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>Tells other nodes the public keys of this one, and the driver theirs, in the background.</summary>
/// <remarks>
/// Keys are bound to the node's holding, as its endpoints are: one that is only cut off is still reached. Nothing is read or written before the
/// node has an encrypted network.
/// </remarks>
internal sealed partial class KeyExchange : IReplicaView, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IOverlayKeys _keys;
    private readonly ClusterNode _node;
    private readonly ILeasingStore _store;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<string, NodeKeysRecord> _others = new(StringComparer.Ordinal);   // by key, this node's own among them
    private readonly Dictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> _told = [];
    private readonly Pulse _ownChanged = new(), _othersChanged = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private IReadOnlyList<OverlayNodeKey> _own = [];
    private StoreReplica? _replica;
    private bool _isWritten;

    public KeyExchange(IOverlayKeys keys, ClusterNode node, ILeasingStore store, ILogger logger, TimeProvider time)
    {
        (_keys, _node, _store, _logger, _time) = (keys, node, store, logger, time);
        _work = Task.WhenAll(ListenAsync(_stop.Token), WriteAsync(_stop.Token), TellAsync(_stop.Token));
    }

    public void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        lock (_gate)
        {
            _others.Clear();
            foreach (StoreEntry entry in entries)
            {
                Take(entry.Key, entry.Value);
            }
        }

        _othersChanged.Beat();
    }

    public void Apply(StoreChange change)
    {
        lock (_gate)
        {
            Take(change.Key, change.Value);
        }

        _othersChanged.Beat();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _work.ConfigureAwait(false);
            if (_replica is not null)
            {
                await _replica.DisposeAsync().ConfigureAwait(false);
            }

            _stop.Dispose();
        }
    }

    private void Take(string key, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } text)
        {
            _others.Remove(key);
        }
        else if (ClusterRecords.ReadKeys(text) is { } record)
        {
            _others[key] = record;
        }
        else
        {
            _others.Remove(key);
            Log.Unreadable(_logger, key);
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        try
        {
            await foreach (IReadOnlyList<OverlayNodeKey> own in _keys.WatchOwnKeysAsync(stop).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _own = own;
                }

                if (own.Count > 0)
                {
                    _replica ??= new StoreReplica(_store, ClusterKeys.NodeKeys, this, _logger, _time);
                }

                _ownChanged.Beat();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        Backoff backoff = new(_time);
        CancellationToken ended = CancellationToken.None;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ended, stop))
                {
                    try
                    {
                        await _ownChanged.WaitAsync(either.Token).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                    {
                        // The holding is over, and what was written with it.
                    }
                }

                ended = CancellationToken.None;
                if (OwnKeys().Count > 0 || _isWritten)
                {
                    NodeHolding holding = await _node.HoldingAsync(stop).ConfigureAwait(false);
                    await WriteAsync(holding, stop).ConfigureAwait(false);
                    ended = holding.Ended;
                }

                backoff.Reset();
            }
            catch (NetworkException failure)
            {
                Log.NotWritten(_logger, failure);
                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _ownChanged.Beat();
            }
            catch (Exception over) when (over is ObjectDisposedException || (over is OperationCanceledException && stop.IsCancellationRequested))
            {
                return;
            }
        }
    }

    /// <summary>Writes the keys of now. The commit checks what was there, so none that was given up for lost can happen after it.</summary>
    private async ValueTask WriteAsync(NodeHolding holding, CancellationToken stop)
    {
        string key = ClusterKeys.NodeKeysOf(_node.Id?.Value ?? throw _node.IsCutOff());   // it has joined before it holds anything
        long? revision;
        do
        {
            StoreEntry? present = await _store.GetAsync(key, stop).ConfigureAwait(false);
            IReadOnlyList<OverlayNodeKey> own = OwnKeys();
            StoreTransaction transaction = own.Count == 0
                ? new StoreTransaction { Checks = [(key, present?.Revision ?? 0)], Deletes = [key] }
                : new StoreTransaction
                {
                    Checks = [(key, present?.Revision ?? 0)],
                    Puts = [(key, ClusterRecords.Write(new NodeKeysRecord(_node.Address?.ToString(), own)))],
                    Lease = holding.Lease,
                };
            try
            {
                revision = await _store.TryCommitAsync(transaction, CancellationToken.None).ConfigureAwait(false);
            }
            catch (NetworkException lost) when (lost.Kind == NetworkErrorKind.NotFound)
            {
                holding.Forfeit();   // the store has ended the lease, which does not know it yet
                throw;
            }

            _isWritten = own.Count > 0;
        }
        while (revision is null);
    }

    private async Task TellAsync(CancellationToken stop)
    {
        Backoff backoff = new(_time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _othersChanged.WaitAsync(stop).ConfigureAwait(false);
                await TellDriverAsync(stop).ConfigureAwait(false);
                backoff.Reset();
            }
            catch (Exception failure) when (failure is NetworkException or Linux.KernelException)
            {
                Log.NotTold(_logger, failure);
                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _othersChanged.Beat();
            }
            catch (Exception over) when (over is ObjectDisposedException || (over is OperationCanceledException && stop.IsCancellationRequested))
            {
                return;
            }
        }
    }

    /// <summary>Tells what is new. A node whose keys the driver refuses is left out, and holds up no other.</summary>
    private async ValueTask TellDriverAsync(CancellationToken stop)
    {
        Dictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> wanted = KeysOfOthers();
        foreach (IPAddress gone in _told.Keys.Except(wanted.Keys).ToArray())
        {
            await _keys.TellNodeAsync(gone, [], stop).ConfigureAwait(false);
            _told.Remove(gone);
        }

        foreach ((IPAddress address, IReadOnlyList<OverlayNodeKey> keys) in wanted)
        {
            if (_told.TryGetValue(address, out IReadOnlyList<OverlayNodeKey>? told) && told.SequenceEqual(keys))
            {
                continue;
            }

            try
            {
                await _keys.TellNodeAsync(address, keys, stop).ConfigureAwait(false);
                _told[address] = keys;
            }
            catch (NetworkException refused) when (refused.Kind is NetworkErrorKind.InvalidArgument or NetworkErrorKind.Conflict)
            {
                Log.Refused(_logger, refused, address);
            }
        }
    }

    /// <summary>By address; of two nodes that say the same one, the first.</summary>
    private Dictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> KeysOfOthers()
    {
        Dictionary<IPAddress, IReadOnlyList<OverlayNodeKey>> keys = [];
        string? self = _node.Id is { } id ? ClusterKeys.NodeKeysOf(id.Value) : null;
        lock (_gate)
        {
            foreach ((string key, NodeKeysRecord record) in _others)
            {
                if (key != self && IPAddress.TryParse(record.Address, out IPAddress? address) && record.Keys is { Count: > 0 } some)
                {
                    keys.TryAdd(address, some);
                }
            }
        }

        return keys;
    }

    private IReadOnlyList<OverlayNodeKey> OwnKeys()
    {
        lock (_gate)
        {
            return _own;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KeysUnreadable, LogLevel.Warning, "A node's keys are left out, because their record at {Key} cannot be read by this version.", EventName = nameof(Unreadable))]
        public static partial void Unreadable(ILogger logger, string key);

        [LoggerMessage(EventIds.KeysNotWritten, LogLevel.Debug, "Other nodes have not been told this node's keys yet; they will be when the cluster's store is reached.", EventName = nameof(NotWritten))]
        public static partial void NotWritten(ILogger logger, Exception failure);

        [LoggerMessage(EventIds.KeysNotTold, LogLevel.Warning, "The keys of other nodes are not in force yet; that is tried again.", EventName = nameof(NotTold))]
        public static partial void NotTold(ILogger logger, Exception failure);

        [LoggerMessage(EventIds.KeysRefused, LogLevel.Warning, "The keys of the node at {Address} are left out, and encrypted networks do not reach it.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, Exception refused, System.Net.IPAddress address);
    }
}

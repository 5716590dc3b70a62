using System.Net;
using LibNetwork.Internal;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>Tells other nodes of the endpoints that are joined here, in the background: whoever announces one neither waits for the store nor fails by it.</summary>
/// <remarks>
/// What is announced is bound to the node's holding, as the endpoints' addresses are: while a node is only cut off, others go on to reach it. Each
/// commit checks and writes one key of the node's own, so none that was given up for lost can happen after a later one.
/// </remarks>
internal sealed partial class EndpointAnnouncer : IAsyncDisposable
{
    private const int MostKeysPerCommit = 100;   // etcd takes 128
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly ClusterNode _node;
    private readonly ILeasingStore _store;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Dictionary<(NetworkId Network, EndpointId Id), byte[]> _wanted = [];
    private readonly HashSet<(NetworkId Network, EndpointId Id)> _untold = [];   // what the store has otherwise, as far as is known
    private readonly Pulse _work = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _telling;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _holding;   // under which all is told but what is untold
    private long? _revision;   // of the node's own key, while that is known
    private int _most = MostKeysPerCommit;

    public EndpointAnnouncer(ClusterNode node, ILeasingStore store, ILogger logger, TimeProvider time)
    {
        (_node, _store, _logger, _time) = (node, store, logger, time);
        _telling = TellAsync(_stop.Token);
    }

    /// <summary>An endpoint is joined here, or is called otherwise than before.</summary>
    public void Announce(EndpointState endpoint) => Want((endpoint.NetworkId, endpoint.Id), Announcement.Of(endpoint, _node.Address));

    /// <summary>An endpoint is not joined any more.</summary>
    public void Withdraw(NetworkId network, EndpointId id) => Want((network, id), value: null);

    /// <summary>All endpoints of an earlier process that are still there have been announced: what it announced beside them goes.</summary>
    public void Review() => _work.Beat();

    /// <summary>Waits until the store knows that an endpoint is withdrawn, so that others never hear of its address's next holder first. Not for long, and not at all while cut off.</summary>
    public async ValueTask WithdrawnAsync(NetworkId network, EndpointId id)
    {
        long start = _time.GetTimestamp();
        while (_node.Connection == ClusterConnection.Connected)
        {
            Task progress;
            lock (_gate)
            {
                if (!_untold.Contains((network, id)))
                {
                    return;
                }

                progress = _progress.Task;
            }

            TimeSpan left = Patience - _time.GetElapsedTime(start);
            try
            {
                await progress.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                Log.StillAnnounced(_logger, id, network);
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _telling.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private void Want((NetworkId Network, EndpointId Id) endpoint, byte[]? value)
    {
        lock (_gate)
        {
            if (value is null ? !_wanted.Remove(endpoint) : _wanted.TryGetValue(endpoint, out byte[]? told) && told.AsSpan().SequenceEqual(value))
            {
                return;
            }

            if (value is not null)
            {
                _wanted[endpoint] = value;
            }

            _untold.Add(endpoint);
        }

        _work.Beat();
    }

    private async Task TellAsync(CancellationToken stop)
    {
        Backoff backoff = new(_time);
        CancellationToken ended = CancellationToken.None;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await WorkAsync(ended, stop).ConfigureAwait(false);
                NodeHolding holding = await _node.HoldingAsync(stop).ConfigureAwait(false);
                ended = holding.Ended;
                if (_holding != holding.Id || _revision is null)
                {
                    await BeginAsync(holding.Id, stop).ConfigureAwait(false);
                }

                while (NextBatch() is { Count: > 0 } batch)
                {
                    await TellAsync(batch, holding).ConfigureAwait(false);
                }

                backoff.Reset();
            }
            catch (NetworkException failure)
            {
                Log.NotTold(_logger, failure);
                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _work.Beat();
            }
            catch (Exception over) when (over is ObjectDisposedException || (over is OperationCanceledException && stop.IsCancellationRequested))
            {
                return;
            }
        }
    }

    /// <summary>Waits until there is something to tell, or all is to be told again because the holding is over.</summary>
    private async ValueTask WorkAsync(CancellationToken ended, CancellationToken stop)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ended, stop);
        try
        {
            await _work.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The holding is over.
        }
    }

    /// <summary>
    /// Sees how far the node's own key is. What is there and nobody wants goes, since an earlier process left it, or a commit that was given up for
    /// lost; under another holding than before all is told again.
    /// </summary>
    private async ValueTask BeginAsync(string holding, CancellationToken cancellationToken)
    {
        string self = Self;
        StoreEntry? own = await _store.GetAsync(ClusterKeys.Announcer(self), cancellationToken).ConfigureAwait(false);
        List<(NetworkId Network, EndpointId Id)> found = [];
        foreach (string? network in own is null ? [] : ClusterRecords.ReadAnnouncer(own.Value)?.Networks ?? [])
        {
            if (network is not null && ClusterKeys.IsId(network))
            {
                string prefix = ClusterKeys.EndpointsOf(new NetworkId(network), self);
                found.AddRange((await _store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
                    .Select(entry => entry.Key[prefix.Length..]).Where(ClusterKeys.IsId).Select(id => (new NetworkId(network), new EndpointId(id))));
            }
        }

        lock (_gate)
        {
            _untold.UnionWith(found.Where(endpoint => !_wanted.ContainsKey(endpoint)));
            _untold.UnionWith(_holding == holding ? [] : _wanted.Keys);
            (_holding, _revision) = (holding, own?.Revision ?? 0);
        }
    }

    private List<(NetworkId Network, EndpointId Id)> NextBatch()
    {
        lock (_gate)
        {
            return [.. _untold.Take(_most)];
        }
    }

    private async ValueTask TellAsync(List<(NetworkId Network, EndpointId Id)> batch, NodeHolding holding)
    {
        string self = Self;
        Dictionary<(NetworkId Network, EndpointId Id), byte[]?> values = [];
        byte[] own;
        lock (_gate)
        {
            batch.ForEach(endpoint => values[endpoint] = _wanted.GetValueOrDefault(endpoint));
            own = ClusterRecords.Write(new AnnouncerRecord(
                [.. _wanted.Keys.Concat(_untold).Select(static endpoint => endpoint.Network.Value).Distinct().Order(StringComparer.Ordinal)]));
        }

        StoreTransaction transaction = new()
        {
            Checks = [(ClusterKeys.Announcer(self), _revision ?? 0)],
            Puts =
            [
                (ClusterKeys.Announcer(self), own),
                .. values.Where(static pair => pair.Value is not null)
                    .Select(pair => (ClusterKeys.Endpoint(pair.Key.Network, self, pair.Key.Id), (ReadOnlyMemory<byte>)pair.Value)),
            ],
            Deletes = [.. values.Where(static pair => pair.Value is null).Select(pair => ClusterKeys.Endpoint(pair.Key.Network, self, pair.Key.Id))],
            Lease = holding.Lease,
        };
        long? revision = await CommitAsync(transaction, batch, holding).ConfigureAwait(false);
        lock (_gate)
        {
            _revision = revision;
            if (revision is not null)
            {
                _most = MostKeysPerCommit;
                _untold.ExceptWith(values.Where(pair => _wanted.GetValueOrDefault(pair.Key) == pair.Value).Select(static pair => pair.Key));
            }

            _progress.SetResult();
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (revision is null)
        {
            throw new NetworkException(NetworkErrorKind.Unavailable, $"node {_node.Name}", "what it had given up for lost was announced after all");
        }
    }

    private async ValueTask<long?> CommitAsync(StoreTransaction transaction, List<(NetworkId Network, EndpointId Id)> batch, NodeHolding holding)
    {
        try
        {
            return await _store.TryCommitAsync(transaction, CancellationToken.None).ConfigureAwait(false);
        }
        catch (NetworkException failure)
        {
            _revision = null;   // nobody knows whether it happened
            if (failure.Kind == NetworkErrorKind.NotFound)
            {
                holding.Forfeit();   // the store has ended the lease, which does not know it yet
            }
            else if (!failure.IsTransient)
            {
                LeaveOut(batch, failure);
            }

            throw;
        }
    }

    /// <summary>The store does not take these: one of them may be the reason, so they are told one by one from here on.</summary>
    private void LeaveOut(List<(NetworkId Network, EndpointId Id)> batch, NetworkException failure)
    {
        lock (_gate)
        {
            if (batch.Count > 1)
            {
                _most = 1;
            }
            else if (failure.Kind is NetworkErrorKind.InvalidArgument or NetworkErrorKind.Internal)
            {
                Log.Refused(_logger, failure, batch[0].Id, batch[0].Network);
                _untold.Remove(batch[0]);
                _wanted.Remove(batch[0]);
            }
        }
    }

    private string Self => _node.Id?.Value ?? throw _node.IsCutOff();   // it has joined before it holds anything
}

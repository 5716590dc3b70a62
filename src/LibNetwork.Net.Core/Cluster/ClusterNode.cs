using System.Net;
using LibNetwork.Controller;
using LibNetwork.Internal;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>Keeps this host in the cluster: takes its leases, and takes them again whenever it was cut off.</summary>
internal sealed partial class ClusterNode : IClusterNode, IAsyncDisposable
{
    private readonly ILeasingStore _store;
    private readonly INetworkStore _own;
    private readonly ClusterOptions _options;
    private readonly ILogger<ClusterNode> _logger;
    private readonly TimeProvider _time;
    private readonly PeerList _peers;
    private readonly StoreReplica _nodes;
    private readonly EventStream _events = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private CancellationTokenSource _stop = new();
    private Task _keeping = Task.CompletedTask;
    private IStoreLease? _presence;
    private NodeHolding? _holding;
    private ClusterConnection _connection;
    private bool _hasLeft;
    private bool _isDisposed;

    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a duration is too short.</exception>
    public ClusterNode(ILeasingStore store, INetworkStore own, ClusterOptions options, ILogger<ClusterNode> logger, TimeProvider time)
    {
        if (options.PresenceDuration < TimeSpan.FromSeconds(1))
        {
            throw NetworkException.InvalidArgument("cluster", nameof(options.PresenceDuration), "is less than a second");
        }

        if (options.HoldingDuration < options.PresenceDuration)
        {
            throw NetworkException.InvalidArgument("cluster", nameof(options.HoldingDuration), $"is less than {nameof(options.PresenceDuration)}");
        }

        (_store, _own, _options, _logger, _time) = (store, own, options, logger, time);
        _peers = new PeerList(logger, time);
        _nodes = new StoreReplica(store, ClusterKeys.Nodes, _peers, logger, time);
    }

    public NodeId? Id { get; private set; }

    public string Name => _options.NodeName;

    public ClusterConnection Connection
    {
        get
        {
            lock (_gate)
            {
                return _connection;
            }
        }
    }

    /// <summary>Whether it has left on purpose: it does not join again by itself then.</summary>
    public bool HasLeft => Volatile.Read(ref _hasLeft);

    public IReadOnlyList<ClusterPeer> Peers => _peers.Peers;

    /// <summary>The other nodes, for who wants to hear of each that comes or goes.</summary>
    public PeerList Others => _peers;

    /// <summary>Where other nodes reach this one.</summary>
    public IPAddress? Address => _options.AdvertiseAddress;

    public IAsyncEnumerable<ControllerEvent> WatchEvents() => _events;

    public async Task JoinAsync(CancellationToken cancellationToken = default)
    {
        if (Connection != ClusterConnection.Outside)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Connection != ClusterConnection.Outside)
            {
                return;
            }

            NodeId id = _options.NodeId ?? await NodeIdentity.ReadAsync(_own, cancellationToken).ConfigureAwait(false);
            await RefuseNamesakeAsync(id, cancellationToken).ConfigureAwait(false);
            Id = id;
            _peers.LeaveOut(id);
            await ConnectAsync(cancellationToken).ConfigureAwait(false);
            _hasLeft = false;
            Become(ClusterConnection.Connected, ClusterEventKind.Joined);
            Log.Joined(_logger, Name, id);
            _stop = new CancellationTokenSource();
            _keeping = KeepAsync(_stop.Token);
        }
        finally
        {
            _turn.Release();
        }

        await _nodes.ReadyAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Connection == ClusterConnection.Outside)
            {
                return;
            }

            await StopAsync().ConfigureAwait(false);
            try
            {
                await WriteAsync(isLeaving: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (NetworkException unreachable) when (unreachable.Kind is NetworkErrorKind.Unavailable or NetworkErrorKind.NotFound)
            {
                // Then others see it leave when its presence ends.
            }

            (NodeHolding? holding, IStoreLease? presence) = (_holding, _presence);
            lock (_gate)
            {
                (_holding, _presence) = (null, null);
            }

            _hasLeft = true;
            if (holding is not null)
            {
                await holding.Lease.DisposeAsync().ConfigureAwait(false);
                holding.Dispose();
            }

            if (presence is not null)
            {
                await presence.DisposeAsync().ConfigureAwait(false);
            }

            Become(ClusterConnection.Outside, ClusterEventKind.Left);
            Log.Left(_logger, Name);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What the node's pools and addresses are bound to now.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Unavailable"/>: it is cut off, or cannot join. <see cref="NetworkErrorKind.Forbidden"/>: it has left.
    /// </exception>
    public async ValueTask<NodeHolding> HoldingAsync(CancellationToken cancellationToken)
    {
        if (_hasLeft)
        {
            throw NetworkException.Forbidden($"node {Name}", "has left its cluster", holder: null, "join it again");
        }

        await JoinAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            return _connection == ClusterConnection.Connected && _holding is { Ended.IsCancellationRequested: false } holding ? holding : throw IsCutOff();
        }
    }

    /// <summary>Ends what this process does. What it holds stays held: the next process of the host takes it over, or its leases end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        _isDisposed = true;
        await StopAsync().ConfigureAwait(false);
        await _nodes.DisposeAsync().ConfigureAwait(false);
        _events.Complete();
        _holding?.Dispose();
        _turn.Dispose();
    }

    public NetworkException IsCutOff() => new(NetworkErrorKind.Unavailable, $"node {Name}", "is cut off from its cluster")
    {
        Remedy = "see whether the cluster's store is reached; the node comes back by itself",
    };

    private async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        _stop.Dispose();
        _stop = new CancellationTokenSource();
    }

    /// <summary>A host that was cloned has the id of another; both would take each other's addresses for their own.</summary>
    private async Task RefuseNamesakeAsync(NodeId id, CancellationToken cancellationToken)
    {
        if (await _store.GetAsync(ClusterKeys.Node(id.Value), cancellationToken).ConfigureAwait(false) is { } entry
            && ClusterRecords.ReadNode(entry.Value) is { IsLeaving: false } other && other.Address != _options.AdvertiseAddress?.ToString())
        {
            string holder = $"node {other.Name}" + (other.Address is null ? string.Empty : $" at {other.Address}");
            throw NetworkException.Conflict(
                $"node {Name}", $"has the id of {holder}", holder,
                $"if that is another host, give this one an id of its own ({nameof(ClusterOptions.NodeId)}); if it was this one, try again in {_options.PresenceDuration.TotalSeconds:F0} s");
        }
    }

    /// <summary>Takes what is missing of the two leases, and writes the node's record.</summary>
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        NodeHolding? holding;
        lock (_gate)
        {
            holding = _holding;
        }

        if (holding is null)
        {
            holding = new NodeHolding(await _store.LeaseAsync(_options.HoldingDuration, cancellationToken).ConfigureAwait(false));
            lock (_gate)
            {
                _holding = holding;
            }

            NodeHolding taken = holding;
            taken.Ended.Register(() => Lose(taken));
        }

        if (_presence is null or { Ended.IsCancellationRequested: true })
        {
            _presence = await _store.LeaseAsync(_options.PresenceDuration, cancellationToken).ConfigureAwait(false);
        }

        await WriteAsync(isLeaving: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(bool isLeaving, CancellationToken cancellationToken)
    {
        if (Id is { } id)
        {
            NodeRecord record = new(Name, _options.AdvertiseAddress?.ToString(), _options.HoldingDuration, isLeaving);
            await _store.TryCommitAsync(
                new StoreTransaction { Puts = [(ClusterKeys.Node(id.Value), ClusterRecords.Write(record))], Lease = _presence }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        while (true)
        {
            CancellationToken over = new(canceled: true);
            using (CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(
                stop, _presence?.Ended ?? over, Volatile.Read(ref _holding)?.Ended ?? over))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            _peers.Silence();
            Become(ClusterConnection.CutOff, ClusterEventKind.CutOff);
            Log.CutOff(_logger, Name);
            if (!await ReconnectAsync(stop).ConfigureAwait(false))
            {
                return;
            }

            _peers.Resume();
            Become(ClusterConnection.Connected, ClusterEventKind.Reconnected);
            Log.Reconnected(_logger, Name);
        }
    }

    private async Task<bool> ReconnectAsync(CancellationToken stop)
    {
        Backoff backoff = new(_time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync(stop).ConfigureAwait(false);
                return true;
            }
            catch (NetworkException failure)
            {
                Log.StillCutOff(_logger, failure, Name);
                if (failure.Kind == NetworkErrorKind.NotFound)
                {
                    _presence = null;   // the store has ended it, whatever it says itself
                }
            }
            catch (Exception ended) when (ended is ObjectDisposedException || (ended is OperationCanceledException && stop.IsCancellationRequested))
            {
                return false;
            }

            await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    private void Lose(NodeHolding holding)
    {
        lock (_gate)
        {
            if (_holding != holding || _isDisposed)
            {
                return;   // it was given back
            }

            _holding = null;
        }

        Publish(ClusterEventKind.HoldingLost);
        Log.HoldingLost(_logger, Name);
    }

    private void Become(ClusterConnection connection, ClusterEventKind kind)
    {
        lock (_gate)
        {
            _connection = connection;
        }

        Publish(kind);
    }

    private void Publish(ClusterEventKind kind) => _events.Publish(new ClusterEvent { Kind = kind, Time = _time.GetUtcNow(), Subject = $"node {Name}" });
}

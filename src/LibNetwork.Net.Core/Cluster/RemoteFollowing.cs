using System.Collections.Immutable;
using System.Net;
using LibNetwork.Internal;
using LibNetwork.Overlay;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>
/// Follows the endpoints that a network has on other nodes, and lets its names and its driver agree with them. A name is answered when its endpoint
/// can be reached and its node is there; an endpoint can be reached until its node withdraws it, or may not have its addresses any more.
/// </summary>
internal sealed partial class RemoteFollowing : IReplicaView, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly ClusterNode _node;
    private readonly FollowedNetwork _network;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);   // as the store tells
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);   // what is to be looked at
    private readonly Dictionary<string, RemoteEndpoint> _named = new(StringComparer.Ordinal);   // whose names are answered; the worker's own
    private readonly Dictionary<EndpointId, string> _ids = [];   // of those; also the worker's own
    private readonly RemotePeers? _peers;
    private readonly Pulse _work = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StoreReplica _replica;
    private readonly Task _applying;
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isRead;

    public RemoteFollowing(FollowedNetwork network, ClusterNode node, ILeasingStore store, ILogger logger, TimeProvider time)
    {
        (_network, _node, _logger, _time) = (network, node, logger, time);
        _peers = network.Peers is { } driver ? new RemotePeers(driver, network.Id, logger) : null;
        _node.Others.Listen(LookAgain);
        _replica = new StoreReplica(store, ClusterKeys.EndpointsOf(network.Id), this, logger, time);
        _applying = ApplyAsync(_stop.Token);
    }

    /// <summary>The endpoints on other nodes, those included that the driver refuses.</summary>
    public IReadOnlyList<RemoteEndpoint> Endpoints
    {
        get
        {
            Dictionary<NodeId, DateTimeOffset?> silent = _node.Peers.ToDictionary(static peer => peer.Id, static peer => peer.SilentSince);
            lock (_gate)
            {
                return
                [
                    .. _known.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value.Endpoint).OfType<RemoteEndpoint>()
                        .Where(endpoint => endpoint.NodeId != _node.Id)
                        .Select(endpoint => endpoint with { SilentSince = silent.GetValueOrDefault(endpoint.NodeId) }),
                ];
            }
        }
    }

    /// <summary>Waits until all that there is has been applied, but not for long: then it is what was last known.</summary>
    public async ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        if (_node.Connection != ClusterConnection.CutOff)
        {
            await ForAWhileAsync(_ready.Task, Patience, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits, but not for long, until nobody else has an address that this node has been given: whoever had it has said so before giving it back.</summary>
    public async ValueTask YieldAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (_peers is not null)
        {
            Task progress;
            lock (_gate)
            {
                progress = _progress.Task;
            }

            if (!addresses.Any(_peers.Has)
                || !await ForAWhileAsync(progress, Patience - _time.GetElapsedTime(start), cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>An endpoint here has gone, which may have been the reason to leave out others.</summary>
    public void LookAgain()
    {
        lock (_gate)
        {
            _changed.UnionWith(_known.Keys);
        }

        _work.Beat();
    }

    public void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        lock (_gate)
        {
            HashSet<string> there = [.. entries.Select(static entry => entry.Key)];
            foreach (string key in _known.Keys.Where(key => !there.Contains(key)).ToArray())
            {
                Set(key, entry: null);
            }

            foreach (StoreEntry entry in entries)
            {
                Set(entry.Key, entry);
            }

            _isRead = true;
        }

        _work.Beat();
    }

    public void Apply(StoreChange change)
    {
        lock (_gate)
        {
            Set(change.Key, change.Value is { } value ? new StoreEntry(change.Key, value, change.Revision) : null);
        }

        _work.Beat();
    }

    /// <summary>Ends the following. What the driver was told stays, as that of an earlier process does, for the next to agree with.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await Ended.ConfigureAwait(false);
    }

    /// <summary>Ends the following, and takes back all that came of it. Does not wait for the store, which may not be reached: see <see cref="Ended"/>.</summary>
    public async ValueTask ForgetAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (string key in _named.Keys.ToArray())
        {
            Hide(key);
        }

        if (_peers is not null)
        {
            await _peers.ClearAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Completes when the store is not asked any more, after the following was ended.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    private async ValueTask StopAsync()
    {
        _node.Others.Unlisten(LookAgain);
        Ended = _replica.DisposeAsync().AsTask();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _applying.ConfigureAwait(false);
        _ready.TrySetResult();
        _stop.Dispose();
    }

    private void LookAgain(NodeId node)
    {
        string prefix = ClusterKeys.EndpointsOf(_network.Id, node.Value);
        lock (_gate)
        {
            int before = _changed.Count;
            _changed.UnionWith(_known.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)));
            if (_changed.Count == before)
            {
                return;
            }
        }

        _work.Beat();
    }

    /// <summary>Takes a key's value; what is the same as before is not looked at again. Within the gate.</summary>
    private void Set(string key, StoreEntry? entry)
    {
        Known? before = _known.GetValueOrDefault(key);
        if (entry is null)
        {
            if (_known.Remove(key))
            {
                _changed.Add(key);
            }
        }
        else if (before is null || !before.Entry.Value.Span.SequenceEqual(entry.Value.Span))
        {
            _known[key] = new Known(entry, Read(entry));
            _changed.Add(key);
        }
    }

    private RemoteEndpoint? Read(StoreEntry entry)
    {
        try
        {
            return Announcement.Read(entry, _network);
        }
        catch (NetworkException wrong)
        {
            Log.LeftOut(_logger, wrong, entry.Key);
            return null;
        }
    }

    private async Task ApplyAsync(CancellationToken stop)
    {
        Backoff backoff = new(_time);
        while (!stop.IsCancellationRequested)
        {
            string[] keys = [];
            try
            {
                await _work.WaitAsync(stop).ConfigureAwait(false);
                if (_node.Id is null)
                {
                    await _node.HoldingAsync(stop).ConfigureAwait(false);   // before it has joined nobody knows which endpoints are its own
                }

                bool isRead;
                lock (_gate)
                {
                    (keys, isRead) = ([.. _changed], _isRead);
                    _changed.Clear();
                }

                if (!isRead)
                {
                    continue;
                }

                await ApplyAsync(keys, stop).ConfigureAwait(false);
                _ready.TrySetResult();
                TellProgress();
                backoff.Reset();
            }
            catch (Exception over) when (over is ObjectDisposedException || (over is OperationCanceledException && stop.IsCancellationRequested))
            {
                return;
            }
#pragma warning disable CA1031 // Do not catch general exception types: drivers are anybody's, and names must go on
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.NotApplied(_logger, failure, _network.Id);
                lock (_gate)
                {
                    _changed.UnionWith(keys);
                }

                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _work.Beat();
            }
        }
    }

    private async ValueTask ApplyAsync(string[] keys, CancellationToken stop)
    {
        Dictionary<string, Known?> known = new(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (string key in keys.Concat(_peers?.Refused ?? []))
            {
                known[key] = _known.GetValueOrDefault(key) is { Endpoint: { } endpoint } found && endpoint.NodeId != _node.Id ? found : null;
            }
        }

        // Names come after the way to their endpoint and go before it.
        foreach ((string key, Known? one) in known)
        {
            if (_named.TryGetValue(key, out RemoteEndpoint? named) && (one is null || RemotePeers.Of(one.Endpoint) != RemotePeers.Of(named)))
            {
                Hide(key);
            }
        }

        if (_peers is not null)
        {
            await ApplyPeersAsync(_peers, known, stop).ConfigureAwait(false);
        }

        foreach ((string key, Known? one) in known.OrderBy(static pair => pair.Value?.Entry.Revision))
        {
            if (one?.Endpoint is { } endpoint && _node.Others.IsThere(endpoint.NodeId) && (_peers is null || RemotePeers.Of(endpoint) is null || _peers.Has(key)))
            {
                Show(key, endpoint);
            }
            else
            {
                Hide(key);
            }
        }
    }

    private static async ValueTask ApplyPeersAsync(RemotePeers peers, Dictionary<string, Known?> known, CancellationToken stop)
    {
        peers.Dismiss(known.Where(static pair => RemotePeers.Of(pair.Value?.Endpoint) is null).Select(static pair => pair.Key));
        await peers.RemoveAsync([.. known.Where(pair => peers.Differs(pair.Key, RemotePeers.Of(pair.Value?.Endpoint))).Select(static pair => pair.Key)], stop).ConfigureAwait(false);
        List<(string Key, OverlayPeer Peer)> added = [];
        foreach ((string key, Known? one) in known.OrderBy(static pair => pair.Value?.Entry.Revision))
        {
            if (RemotePeers.Of(one?.Endpoint) is { } peer && !peers.Has(key))
            {
                added.Add((key, peer));
            }
        }

        await peers.AddAsync(added, stop).ConfigureAwait(false);
    }

    /// <summary>Lets an endpoint's names be answered. An id is one endpoint's: an endpoint's of this host, or that of whoever had it first.</summary>
    private void Show(string key, RemoteEndpoint endpoint)
    {
        if (ReferenceEquals(_named.GetValueOrDefault(key), endpoint) || _network.IsHere(endpoint.Id) || !(_ids.TryAdd(endpoint.Id, key) || _ids[endpoint.Id] == key))
        {
            return;
        }

        _named[key] = endpoint;
        _network.Names.Put(endpoint.Id, new EndpointNames(endpoint.DnsNames, endpoint.IPv4, endpoint.IPv6, endpoint.PortNames));
    }

    private void Hide(string key)
    {
        if (_named.Remove(key, out RemoteEndpoint? named))
        {
            _ids.Remove(named.Id);
            _network.Names.Remove(named.Id);
        }
    }

    private void TellProgress()
    {
        lock (_gate)
        {
            _progress.SetResult();
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <returns><see langword="false"/> when it takes longer.</returns>
    private async ValueTask<bool> ForAWhileAsync(Task task, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, _time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private sealed record Known(StoreEntry Entry, RemoteEndpoint? Endpoint);
}

using System.Collections.Immutable;
using System.Net;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>The other nodes, as the store tells of them. Thread safe.</summary>
internal sealed partial class PeerList(ILogger logger, TimeProvider time) : IReplicaView
{
    private static readonly TimeSpan LongestHolding = TimeSpan.FromDays(365);   // whatever a node says

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Known> _known = new(StringComparer.Ordinal);   // by key
    private ImmutableArray<Action<NodeId>> _listeners = [];
    private ImmutableArray<ClusterPeer> _peers = [];
    private DateTimeOffset _goodUntil = DateTimeOffset.MinValue;   // as long as the list is right if nothing changes
    private string? _self;

    public IReadOnlyList<ClusterPeer> Peers
    {
        get
        {
            lock (_gate)
            {
                if (time.GetUtcNow() >= _goodUntil)
                {
                    List();
                }

                return _peers;
            }
        }
    }

    /// <summary>Whether a node has said that it is there and not been missed since; what this node has not heard because it is cut off does not count.</summary>
    public bool IsThere(NodeId id)
    {
        lock (_gate)
        {
            return _known.TryGetValue(ClusterKeys.Node(id.Value), out Known? known) && known.HasRecord;
        }
    }

    /// <summary>Calls back whenever <see cref="IsThere"/> becomes another for a node; what is called returns at once.</summary>
    public void Listen(Action<NodeId> listener) => ImmutableInterlocked.Update(ref _listeners, static (all, one) => all.Add(one), listener);

    public void Unlisten(Action<NodeId> listener) => ImmutableInterlocked.Update(ref _listeners, static (all, one) => all.Remove(one), listener);

    /// <summary>Says which of the nodes is this one.</summary>
    public void LeaveOut(NodeId self)
    {
        lock (_gate)
        {
            _self = ClusterKeys.Node(self.Value);
            Change();
        }
    }

    /// <summary>This node was cut off: nothing is heard of anybody from now on.</summary>
    public void Silence()
    {
        lock (_gate)
        {
            foreach ((string key, Known known) in _known.ToArray())
            {
                _known[key] = known with { SilentSince = known.SilentSince ?? time.GetUtcNow() };
            }

            Change();
        }
    }

    /// <summary>This node is back: who has a record is there.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            foreach ((string key, Known known) in _known.Where(static pair => pair.Value.HasRecord).ToArray())
            {
                _known[key] = known with { SilentSince = null };
            }

            Change();
        }
    }

    public void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        List<NodeId> changed = [];
        lock (_gate)
        {
            HashSet<string> there = [.. entries.Select(static entry => entry.Key)];
            foreach (string key in _known.Keys.Where(key => !there.Contains(key)).ToArray())
            {
                SetAndCompare(key, value: null, changed);
            }

            foreach (StoreEntry entry in entries)
            {
                SetAndCompare(entry.Key, entry.Value, changed);
            }

            Change();
        }

        Tell(changed);
    }

    public void Apply(StoreChange change)
    {
        List<NodeId> changed = [];
        lock (_gate)
        {
            SetAndCompare(change.Key, change.Value, changed);
            Change();
        }

        Tell(changed);
    }

    private void Tell(List<NodeId> changed)
    {
        foreach (Action<NodeId> listener in _listeners)
        {
            changed.ForEach(listener);
        }
    }

    private void SetAndCompare(string key, ReadOnlyMemory<byte>? value, List<NodeId> changed)
    {
        Known? before = _known.GetValueOrDefault(key);
        Set(key, value);
        Known? after = _known.GetValueOrDefault(key);
        if ((before?.HasRecord ?? false) != (after?.HasRecord ?? false) && (before ?? after) is { } either)
        {
            changed.Add(either.Peer.Id);
        }
    }

    private void Set(string key, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } text)
        {
            if (_known.TryGetValue(key, out Known? known))
            {
                _known[key] = known with { HasRecord = false, SilentSince = known.SilentSince ?? time.GetUtcNow() };
            }
        }
        else if (ClusterRecords.ReadNode(text) is not { } record || !NodeId.TryParse(key[ClusterKeys.Nodes.Length..], out NodeId id))
        {
            Log.Unreadable(logger, key);
        }
        else if (record.IsLeaving)
        {
            _known.Remove(key);
        }
        else
        {
            _known[key] = new Known(
                new ClusterPeer(id, record.Name, IPAddress.TryParse(record.Address, out IPAddress? address) ? address : null),
                record.HoldingDuration < LongestHolding ? record.HoldingDuration : LongestHolding, HasRecord: true, SilentSince: null);
        }
    }

    /// <summary>The list is made when it is asked for, since in a large cluster changes are many and readers few; and now and then, to forget who is gone.</summary>
    private void Change()
    {
        _goodUntil = DateTimeOffset.MinValue;
        if (_known.Count > 2 * (_peers.Length + 1))
        {
            List();
        }
    }

    private void List()
    {
        DateTimeOffset now = time.GetUtcNow();
        _goodUntil = DateTimeOffset.MaxValue;
        foreach ((string key, Known known) in _known.ToArray())
        {
            DateTimeOffset? end = known.HasRecord ? null : known.SilentSince + known.HoldingDuration;
            if (end < now)
            {
                _known.Remove(key);
            }
            else if (end < _goodUntil)
            {
                _goodUntil = end.Value;
            }
        }

        _peers = [.. _known.Where(pair => pair.Key != _self).Select(static pair => pair.Value.Peer with { SilentSince = pair.Value.SilentSince })];
    }

    private sealed record Known(ClusterPeer Peer, TimeSpan HoldingDuration, bool HasRecord, DateTimeOffset? SilentSince);

    private static partial class Log
    {
        [LoggerMessage(EventIds.NodeUnreadable, LogLevel.Warning, "A node of the cluster is left out, because its record at {Key} cannot be read by this version.", EventName = nameof(Unreadable))]
        public static partial void Unreadable(ILogger logger, string key);
    }
}

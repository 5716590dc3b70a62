using System.Collections.Immutable;
using System.Net;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>The other nodes, as the store tells of them. Thread safe.</summary>
internal sealed partial class PeerList(ILogger logger, TimeProvider time) : IReplicaView
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Known> _known = new(StringComparer.Ordinal);   // by key
    private ImmutableArray<ClusterPeer> _peers = [];
    private string? _self;

    public IReadOnlyList<ClusterPeer> Peers => _peers;

    /// <summary>Says which of the nodes is this one.</summary>
    public void LeaveOut(NodeId self)
    {
        lock (_gate)
        {
            _self = ClusterKeys.Node(self.Value);
            Publish();
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

            Publish();
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

            Publish();
        }
    }

    public void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        lock (_gate)
        {
            HashSet<string> there = [.. entries.Select(static entry => entry.Key)];
            foreach (string key in _known.Keys.Where(key => !there.Contains(key)).ToArray())
            {
                Set(key, value: null);
            }

            foreach (StoreEntry entry in entries)
            {
                Set(entry.Key, entry.Value);
            }

            Publish();
        }
    }

    public void Apply(StoreChange change)
    {
        lock (_gate)
        {
            Set(change.Key, change.Value);
            Publish();
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
                record.HoldingDuration, HasRecord: true, SilentSince: null);
        }
    }

    private void Publish()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (string key in _known.Where(pair => !pair.Value.HasRecord && now - pair.Value.SilentSince > pair.Value.HoldingDuration).Select(static pair => pair.Key).ToArray())
        {
            _known.Remove(key);
        }

        ImmutableInterlocked.InterlockedExchange(
            ref _peers, [.. _known.Where(pair => pair.Key != _self).Select(static pair => pair.Value.Peer with { SilentSince = pair.Value.SilentSince })]);
    }

    private sealed record Known(ClusterPeer Peer, TimeSpan HoldingDuration, bool HasRecord, DateTimeOffset? SilentSince);

    private static partial class Log
    {
        [LoggerMessage(EventIds.NodeUnreadable, LogLevel.Warning, "A node of the cluster is left out, because its record at {Key} cannot be read by this version.", EventName = nameof(Unreadable))]
        public static partial void Unreadable(ILogger logger, string key);
    }
}

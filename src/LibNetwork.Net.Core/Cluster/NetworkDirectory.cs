using System.Threading.Channels;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>The networks that hosts share as the store has them, a little late. Thread safe.</summary>
/// <param name="changes">Is told that something has changed.</param>
/// <param name="logger">The log.</param>
internal sealed partial class NetworkDirectory(ChannelWriter<bool> changes, ILogger logger) : IReplicaView
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);   // by key
    private long _revision;
    private bool _isRead;

    /// <summary>Whether it has been read once. Before that, what is not in it may be there all the same.</summary>
    public bool IsRead
    {
        get
        {
            lock (_gate)
            {
                return _isRead;
            }
        }
    }

    /// <summary>All that can be read.</summary>
    public IReadOnlyList<SharedNetwork> Networks
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Values.Select(static entry => entry.Network).OfType<SharedNetwork>()];
            }
        }
    }

    public SharedNetwork? Find(NetworkId id)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(ClusterKeys.Network(id))?.Network;
        }
    }

    /// <summary>Whether a network is there, as it was; another of its id is another network. What cannot be read may be it.</summary>
    public bool Has(NetworkState state)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(ClusterKeys.Network(state.Id)) is { IsThere: true } entry && (entry.Network is null || entry.Network.State.Created == state.Created);
        }
    }

    public void Reset(IReadOnlyList<StoreEntry> entries, long revision)
    {
        lock (_gate)
        {
            HashSet<string> there = [.. entries.Select(static entry => entry.Key)];
            foreach (string key in _entries.Where(pair => !there.Contains(pair.Key) && pair.Value.Revision <= revision).Select(static pair => pair.Key).ToArray())
            {
                _entries.Remove(key);
            }

            foreach (StoreEntry entry in entries)
            {
                Set(entry.Key, entry.Value, entry.Revision);
            }

            _revision = Math.Max(_revision, revision);
            _isRead = true;
        }

        changes.TryWrite(true);
    }

    public void Apply(StoreChange change)
    {
        lock (_gate)
        {
            if (change.Value is { } value)
            {
                Set(change.Key, value, change.Revision);
            }
            else if (_entries.GetValueOrDefault(change.Key) is { } known && known.Revision <= change.Revision)
            {
                _entries.Remove(change.Key);
            }

            _revision = Math.Max(_revision, change.Revision);
        }

        changes.TryWrite(true);
    }

    /// <summary>Takes what a commit of this node did before the store tells of it.</summary>
    /// <param name="id">The network.</param>
    /// <param name="value">Its record; <see langword="null"/> when it was deleted.</param>
    /// <param name="revision">The revision that did it.</param>
    public void Learn(NetworkId id, ReadOnlyMemory<byte>? value, long revision)
    {
        string key = ClusterKeys.Network(id);
        lock (_gate)
        {
            if (value is { } record)
            {
                Set(key, record, revision, isOwn: true);
            }
            else if (_entries.GetValueOrDefault(key) is { } known ? known.Revision < revision : _revision < revision)
            {
                // While the store has not told of it, an older change must not bring it back.
                _entries[key] = new Entry(revision, IsThere: false, Network: null);
            }
        }
    }

    private void Set(string key, ReadOnlyMemory<byte> value, long revision, bool isOwn = false)
    {
        // What this node did at a revision up to which all is known may be undone by now.
        if (_entries.GetValueOrDefault(key)?.Revision >= revision || (isOwn && revision <= _revision && !_entries.ContainsKey(key)))
        {
            return;
        }

        SharedNetwork? network = ClusterRecords.ReadNetwork(value, revision);
        if (network is null || ClusterKeys.Network(network.State.Id) != key)
        {
            network = null;
            Log.Unreadable(logger, key);
        }

        _entries[key] = new Entry(revision, IsThere: true, network);
    }

    /// <summary>What is known of a key.</summary>
    /// <param name="Revision">Which revision wrote it, or deleted it.</param>
    /// <param name="IsThere">Whether it was not deleted.</param>
    /// <param name="Network">The network; <see langword="null"/> when its record cannot be read, or was deleted.</param>
    private sealed record Entry(long Revision, bool IsThere, SharedNetwork? Network);

    private static partial class Log
    {
        [LoggerMessage(EventIds.SharedNetworkUnreadable, LogLevel.Warning, "A network of the cluster is left alone, because its record at {Key} cannot be read by this version.", EventName = nameof(Unreadable))]
        public static partial void Unreadable(ILogger logger, string key);
    }
}

using LibNetwork.Stores;

namespace LibNetwork.Testing;

/// <summary>
/// A store that hosts share, in memory, for tests of what happens between hosts: each host has a <see cref="SharedStoreConnection"/>, which can
/// be cut and healed. Leases end by the clock that it is given. Thread safe.
/// </summary>
public sealed class SharedStore(TimeProvider time)
{
    /// <summary>How much longer than its owner the store counts a lease, as every real one does that counts from when it was asked.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoreEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedStoreLease> _leases = new(StringComparer.Ordinal);   // of the keys that have one
    private readonly StoreChangeFeed _feed = new();
    private long _revision;

    internal TimeProvider Time => time;

    /// <summary>All that is in it, in the order of keys.</summary>
    public IReadOnlyList<StoreEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Values];
            }
        }
    }

    /// <summary>Makes a host's way to the store.</summary>
    public SharedStoreConnection Connect() => new(this);

    internal StoreEntry? Get(string key)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(key);
        }
    }

    internal long? TryCommit(StoreTransaction transaction, SharedStoreLease? lease)
    {
        lock (_gate)
        {
            if (lease is { IsGone: true })
            {
                throw new NetworkException(NetworkErrorKind.NotFound, "lease", "it has ended, and its keys are gone")
                {
                    Remedy = "take a new lease, and write under it what is still true",
                };
            }

            if (transaction.Checks.Any(check => (_entries.GetValueOrDefault(check.Key)?.Revision ?? 0) != check.Revision))
            {
                return null;
            }

            _revision++;
            foreach ((string key, ReadOnlyMemory<byte> value) in transaction.Puts)
            {
                _entries[key] = new StoreEntry(key, value, _revision);
                _leases.Remove(key);
                if (lease is not null)
                {
                    _leases[key] = lease;
                }

                _feed.Publish(new StoreChange(key, value, _revision));
            }

            foreach (string key in transaction.Deletes)
            {
                Delete(key);
            }

            return _revision;
        }
    }

    internal IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken)
        => _feed.WatchAsync(prefix, revision, cancellationToken);

    internal void End(SharedStoreLease lease)
    {
        lock (_gate)
        {
            lease.IsGone = true;
            string[] keys = [.. _leases.Where(pair => pair.Value == lease).Select(static pair => pair.Key)];
            _revision += keys.Length == 0 ? 0 : 1;
            Array.ForEach(keys, Delete);
        }
    }

    private void Delete(string key)
    {
        if (_entries.Remove(key))
        {
            _leases.Remove(key);
            _feed.Publish(new StoreChange(key, null, _revision));
        }
    }
}

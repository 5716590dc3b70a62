namespace LibNetwork.Stores;

/// <summary>A store that lives as long as the process. So does whoever holds one of its leases, which therefore end only when they are disposed.</summary>
internal sealed class InMemoryNetworkStore : ILeasingStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoreEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InMemoryLease> _leases = new(StringComparer.Ordinal);   // of the keys that have one
    private readonly StoreChangeFeed _feed = new();
    private long _revision;

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_entries.GetValueOrDefault(key));
        }
    }

    public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            IReadOnlyList<StoreEntry> found =
                [.. _entries.Values.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))];
            return ValueTask.FromResult(found);
        }
    }

    public ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            InMemoryLease? lease = LeaseOf(transaction);
            if (transaction.Checks.Any(check => (_entries.GetValueOrDefault(check.Key)?.Revision ?? 0) != check.Revision))
            {
                return ValueTask.FromResult<long?>(null);
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

            return ValueTask.FromResult<long?>(_revision);
        }
    }

    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
        => _feed.WatchAsync(prefix, revision, cancellationToken);

    public ValueTask<IStoreLease> LeaseAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.FromSeconds(1));
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IStoreLease>(new InMemoryLease(duration, End));
    }

    public ValueTask DisposeAsync()
    {
        _feed.Complete();
        return ValueTask.CompletedTask;
    }

    private static InMemoryLease? LeaseOf(StoreTransaction transaction) => transaction.Lease switch
    {
        null => null,
        InMemoryLease { Ended.IsCancellationRequested: false } lease => lease,
        InMemoryLease => throw new NetworkException(NetworkErrorKind.NotFound, "lease", "it has ended, and its keys are gone")
        {
            Remedy = "take a new lease, and write under it what is still true",
        },
        _ => throw NetworkException.InvalidArgument("store", nameof(StoreTransaction.Lease), "is another store's"),
    };

    private void End(InMemoryLease lease)
    {
        lock (_gate)
        {
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

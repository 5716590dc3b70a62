namespace LibNetwork.Stores;

/// <summary>A store that lives as long as the process.</summary>
internal sealed class InMemoryNetworkStore : INetworkStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoreEntry> _entries = new(StringComparer.Ordinal);
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
            if (transaction.Checks.Any(check => (_entries.GetValueOrDefault(check.Key)?.Revision ?? 0) != check.Revision))
            {
                return ValueTask.FromResult<long?>(null);
            }

            _revision++;
            foreach ((string key, ReadOnlyMemory<byte> value) in transaction.Puts)
            {
                _entries[key] = new StoreEntry(key, value, _revision);
                _feed.Publish(new StoreChange(key, value, _revision));
            }

            foreach (string key in transaction.Deletes)
            {
                if (_entries.Remove(key))
                {
                    _feed.Publish(new StoreChange(key, null, _revision));
                }
            }

            return ValueTask.FromResult<long?>(_revision);
        }
    }

    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
        => _feed.WatchAsync(prefix, revision, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _feed.Complete();
        return ValueTask.CompletedTask;
    }
}

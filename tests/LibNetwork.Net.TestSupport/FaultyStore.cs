using LibNetwork.Stores;

namespace LibNetwork.TestSupport;

/// <summary>A store whose writes fail on demand: before they happen, or after, as when the answer of a remote store is lost.</summary>
public sealed class FaultyStore(INetworkStore inner, FaultInjector faults) : INetworkStore
{
    private int _disk;

    /// <summary>How many commits asked for the disk.</summary>
    public int DiskCommits => _disk;

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
        => inner.ListAsync(prefix, cancellationToken);

    public async ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        string keys = string.Join(", ", transaction.Puts.Select(put => $"put {put.Key}").Concat(transaction.Deletes.Select(key => $"delete {key}")));
        if (transaction.Durability == StoreDurability.Disk)
        {
            Interlocked.Increment(ref _disk);
        }

        faults.Pass($"before {keys}", Lost);
        long? revision = await inner.TryCommitAsync(transaction, cancellationToken);
        faults.Pass($"after {keys}", Lost);
        return revision;
    }

    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
        => inner.WatchAsync(prefix, revision, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static NetworkException Lost() => new(NetworkErrorKind.Unavailable, "store", "injected");
}

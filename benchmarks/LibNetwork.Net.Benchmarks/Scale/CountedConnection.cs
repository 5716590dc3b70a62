using System.Runtime.CompilerServices;
using LibNetwork.Stores;
using LibNetwork.Testing;

namespace LibNetwork.Benchmarks.Scale;

/// <summary>A node's way to the store, counted. One that does not listen is told nothing: so many nodes can be simulated that not all could remember each other in one process.</summary>
internal sealed class CountedConnection(SharedStoreConnection connection, CountedTraffic traffic, bool listens) : ILeasingStore
{
    public SharedStoreConnection Connection { get; } = connection;

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        traffic.List(1);
        return Connection.GetAsync(key, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<StoreEntry> entries = listens ? await Connection.ListAsync(prefix, cancellationToken) : [];
        traffic.List(entries.Count);
        return entries;
    }

    public ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        if (transaction.Puts.Count + transaction.Deletes.Count > 0)
        {
            traffic.Commit(transaction.Puts.Count + transaction.Deletes.Count);
        }

        return Connection.TryCommitAsync(transaction, cancellationToken);
    }

    public async IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!listens)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        await foreach (StoreChange change in Connection.WatchAsync(prefix, revision, cancellationToken))
        {
            traffic.Tell(change.Key.Length + (change.Value?.Length ?? 0));
            yield return change;
        }
    }

    public ValueTask<IStoreLease> LeaseAsync(TimeSpan duration, CancellationToken cancellationToken = default) => Connection.LeaseAsync(duration, cancellationToken);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}

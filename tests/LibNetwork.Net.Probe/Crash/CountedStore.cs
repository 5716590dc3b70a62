using LibNetwork.Stores;

namespace LibNetwork.Probe.Crash;

/// <summary>A store whose commits are steps: just before, and when they have happened but nobody knows yet.</summary>
internal sealed class CountedStore(INetworkStore inner, StepCounter steps) : INetworkStore
{
    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
        => inner.ListAsync(prefix, cancellationToken);

    public async ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        steps.Pass();
        long? revision = await inner.TryCommitAsync(transaction, cancellationToken);
        steps.Pass();
        return revision;
    }

    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
        => inner.WatchAsync(prefix, revision, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

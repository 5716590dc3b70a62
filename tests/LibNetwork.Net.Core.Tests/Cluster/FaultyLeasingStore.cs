using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>A store that hosts share whose writes fail on demand: before they happen, or after, as when the answer is lost.</summary>
internal sealed class FaultyLeasingStore(ILeasingStore inner, FaultInjector faults) : ILeasingStore
{
    private readonly FaultyStore _store = new(inner, faults);

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default) => inner.ListAsync(prefix, cancellationToken);

    /// <remarks>A commit of nothing is a question, which background work may ask at any time.</remarks>
    public ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
        => transaction.Puts.Count + transaction.Deletes.Count == 0 ? inner.TryCommitAsync(transaction, cancellationToken) : _store.TryCommitAsync(transaction, cancellationToken);

    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
        => inner.WatchAsync(prefix, revision, cancellationToken);

    public ValueTask<IStoreLease> LeaseAsync(TimeSpan duration, CancellationToken cancellationToken = default) => inner.LeaseAsync(duration, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

namespace LibNetwork.Stores;

/// <summary>Keeps what must survive: ordered keys with small values. Thread safe.</summary>
public interface INetworkStore : IAsyncDisposable
{
    /// <summary>Reads one key.</summary>
    /// <returns>The entry, or <see langword="null"/>.</returns>
    ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Reads all keys that begin with <paramref name="prefix"/>, in ordinal order, as of one moment.</summary>
    ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Makes changes, all or none, if every check holds.</summary>
    /// <returns>The new revision, or <see langword="null"/> when a check did not hold: then nothing was changed.</returns>
    ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default);

    /// <summary>Streams the changes to keys that begin with <paramref name="prefix"/>, in order, from the revision after <paramref name="revision"/>.</summary>
    /// <remarks>Ends only by cancellation. A reader that falls far behind gets <see cref="NetworkErrorKind.Unavailable"/> and must list again.</remarks>
    IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default);
}

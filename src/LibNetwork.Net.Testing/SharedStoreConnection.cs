using System.Runtime.CompilerServices;
using LibNetwork.Stores;

namespace LibNetwork.Testing;

/// <summary>One host's way to a <see cref="SharedStore"/>. While it is cut requests fail, changes wait, and leases run out.</summary>
public sealed class SharedStoreConnection : ILeasingStore
{
    private readonly Lock _gate = new();
    private readonly SharedStore _store;
    private readonly List<SharedStoreLease> _leases = [];
    private readonly CancellationTokenSource _disposed = new();
    private TaskCompletionSource _isWhole = Whole();
    private int _answersToLose;

    internal SharedStoreConnection(SharedStore store) => _store = store;

    /// <summary>Nothing passes from now on. For good, it is as if the host had died.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            if (_isWhole.Task.IsCompleted)
            {
                _isWhole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _leases.ForEach(static lease => lease.RunOut());
            }
        }
    }

    /// <summary>Everything passes again, and leases that have not ended are renewed.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _leases.RemoveAll(static lease => !lease.TryRenew());
            _isWhole.TrySetResult();
        }
    }

    /// <summary>The next commit happens, but nobody hears that it did.</summary>
    public void LoseNextAnswer() => Interlocked.Increment(ref _answersToLose);

    /// <inheritdoc/>
    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        ThrowIfCut(cancellationToken);
        return ValueTask.FromResult(_store.Get(key));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ThrowIfCut(cancellationToken);
        return ValueTask.FromResult<IReadOnlyList<StoreEntry>>([.. _store.Entries.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))]);
    }

    /// <inheritdoc/>
    public async ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ThrowIfCut(cancellationToken);
        await Task.Yield();   // others may be faster
        long? revision = _store.TryCommit(transaction, (SharedStoreLease?)transaction.Lease);
        await Task.Yield();   // what the commit did may be heard of before its answer
        if (transaction.Checks.Count > 0 && Interlocked.Exchange(ref _answersToLose, 0) > 0)
        {
            throw Unreachable("it is not known whether a commit happened");
        }

        return revision;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        await using IAsyncEnumerator<StoreChange> changes = _store.WatchAsync(prefix, revision, either.Token).GetAsyncEnumerator(either.Token);
        while (true)
        {
            try
            {
                if (!await changes.MoveNextAsync())
                {
                    yield break;
                }

                await WholeAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                yield break;   // the connection was disposed
            }

            yield return changes.Current;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IStoreLease> LeaseAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.FromSeconds(1));
        lock (_gate)
        {
            ThrowIfCut(cancellationToken);
            SharedStoreLease lease = new(_store, duration);
            _leases.Add(lease);
            return ValueTask.FromResult<IStoreLease>(lease);
        }
    }

    /// <summary>Ends the watches. Leases that were not disposed run out.</summary>
    public ValueTask DisposeAsync()
    {
        Cut();
        _disposed.Cancel();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource Whole()
    {
        TaskCompletionSource whole = new();
        whole.SetResult();
        return whole;
    }

    private static NetworkException Unreachable(string problem) => new(NetworkErrorKind.Unavailable, "shared store", problem) { Remedy = "heal the connection" };

    private Task WholeAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _isWhole.Task.WaitAsync(cancellationToken);
        }
    }

    private void ThrowIfCut(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_isWhole.Task.IsCompleted)
            {
                throw Unreachable("the connection is cut");
            }
        }
    }
}

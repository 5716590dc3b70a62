using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LibNetwork.Stores;

/// <summary>A store that lives as long as the process.</summary>
internal sealed class InMemoryNetworkStore : INetworkStore
{
    private const int MaxHistory = 4096;
    private const int MaxBehind = 4096;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoreEntry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<StoreChange> _history = new();
    private readonly List<(string Prefix, Channel<StoreChange> Channel)> _watchers = [];
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
                Publish(new StoreChange(key, value, _revision));
            }

            foreach (string key in transaction.Deletes)
            {
                if (_entries.Remove(key))
                {
                    Publish(new StoreChange(key, null, _revision));
                }
            }

            return ValueTask.FromResult<long?>(_revision);
        }
    }

    public async IAsyncEnumerable<StoreChange> WatchAsync(
        string prefix, long revision, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<StoreChange> channel = Channel.CreateBounded<StoreChange>(
            new BoundedChannelOptions(MaxBehind) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
        lock (_gate)
        {
            long oldest = _history.TryPeek(out StoreChange? first) ? first.Revision : _revision + 1;
            if (revision + 1 < oldest && revision < _revision)
            {
                throw TooFarBehind();
            }

            foreach (StoreChange change in _history)
            {
                if (change.Revision > revision && change.Key.StartsWith(prefix, StringComparison.Ordinal) && !channel.Writer.TryWrite(change))
                {
                    throw TooFarBehind();
                }
            }

            _watchers.Add((prefix, channel));
        }

        try
        {
            await foreach (StoreChange change in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.RemoveAll(watcher => watcher.Channel == channel);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            foreach ((_, Channel<StoreChange> channel) in _watchers)
            {
                channel.Writer.TryComplete();
            }
        }

        return ValueTask.CompletedTask;
    }

    private static NetworkException TooFarBehind()
        => new(NetworkErrorKind.Unavailable, "store", "the watcher is too far behind") { Remedy = "list the keys again and watch from there" };

    private void Publish(StoreChange change)
    {
        _history.Enqueue(change);
        if (_history.Count > MaxHistory)
        {
            _history.Dequeue();
        }

        foreach ((string prefix, Channel<StoreChange> channel) in _watchers)
        {
            if (change.Key.StartsWith(prefix, StringComparison.Ordinal) && !channel.Writer.TryWrite(change))
            {
                channel.Writer.TryComplete(TooFarBehind());
            }
        }
    }
}

using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace LibNetwork.Stores.Sqlite;

/// <summary>A store in an SQLite file. What a commit says is done is on the disk.</summary>
/// <remarks>
/// Reads come from memory, which holds the same; until all is listed for the first time, in a store that reads on demand, from the file. A commit that finds nobody before it is written at once on its caller's thread, which
/// saves two changes of thread. Those that come meanwhile go to the disk together: one writer takes all that have come, checks and
/// applies them in order, and syncs once, or not at all when none asks for it.
/// </remarks>
internal sealed partial class SqliteNetworkStore : INetworkStore
{
    private const int MaxWaiting = 4096;

    private readonly Lock _turn = new();   // one writes
    private readonly Lock _gate = new();   // nobody reads what is half applied
    private volatile SortedDictionary<string, StoreEntry>? _entries;   // none before all are wanted; from then on the same
    private readonly Channel<WaitingCommit> _waiting = Channel.CreateBounded<WaitingCommit>(MaxWaiting);
    private readonly StoreFile _file;
    private readonly StoreHold _hold;
    private readonly StoreChangeFeed _feed;
    private readonly Lazy<Task> _writer;   // with the first commit that must wait
    private long _revision;
    private int _queued;
    private bool _disposed;   // in turn

    private SqliteNetworkStore(StoreFile file, IReadOnlyList<StoreEntry>? entries, StoreHold hold)
    {
        _file = file;
        _hold = hold;
        _entries = entries is null ? null : ByKey(entries);
        _revision = file.Revision;
        _feed = new StoreChangeFeed(_revision);
        _writer = new Lazy<Task>(() => Task.Run(WriteAsync));
    }

    public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_entries is { } all)
            {
                return ValueTask.FromResult(all.GetValueOrDefault(key));
            }
        }

        return ValueTask.FromResult(ReadInTurn(static (self, key) => self.Find(key), key));
    }

    public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        if (_entries is null)
        {
            ReadInTurn(static (self, _) => self.All(), key: string.Empty);
        }

        lock (_gate)
        {
            IReadOnlyList<StoreEntry> found =
                [.. _entries!.Values.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))];
            return ValueTask.FromResult(found);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A token cancels only the wait for the writer; a commit that it has taken up happens.</remarks>
    public ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        if (transaction.Lease is not null)
        {
            throw NetworkException.InvalidArgument("store", nameof(StoreTransaction.Lease), "is another store's: one in a file has none");
        }

        WaitingCommit commit = new(transaction, cancellationToken);
        return TryWriteHere(commit) ? new ValueTask<long?>(commit.Done) : QueueAsync(commit, cancellationToken);
    }

    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
        => _feed.WatchAsync(prefix, revision, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_waiting.Writer.TryComplete())
        {
            if (_writer.IsValueCreated)
            {
                await _writer.Value.ConfigureAwait(false);
            }

            lock (_turn)
            {
                _disposed = true;
                _file.Dispose();
                _hold.Dispose();
            }

            _feed.Complete();
        }
    }

    private static SortedDictionary<string, StoreEntry> ByKey(IEnumerable<StoreEntry> entries)
    {
        SortedDictionary<string, StoreEntry> byKey = new(StringComparer.Ordinal);
        foreach (StoreEntry entry in entries)
        {
            byKey.Add(entry.Key, entry);
        }

        return byKey;
    }

    private TResult ReadInTurn<TResult>(Func<SqliteNetworkStore, string, TResult> read, string key)
    {
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_disposed && _entries is null, this);
            try
            {
                return read(this, key);
            }
            catch (Exception damage) when (damage is DamagedFileException or SqliteException)
            {
                throw _file.Unreadable(damage);
            }
        }
    }

    /// <summary>Reads one key. The caller has the turn.</summary>
    private StoreEntry? Find(string key) => _entries is { } all ? all.GetValueOrDefault(key) : _file.Find(key);

    /// <summary>Reads all, once. The caller has the turn.</summary>
    private SortedDictionary<string, StoreEntry> All()
    {
        if (_entries is { } known)
        {
            return known;
        }

        SortedDictionary<string, StoreEntry> read = ByKey(_file.ReadAll());
        lock (_gate)
        {
            return _entries = read;
        }
    }

    private bool TryWriteHere(WaitingCommit commit)
    {
        if (Volatile.Read(ref _queued) != 0 || !_turn.TryEnter())
        {
            return false;
        }

        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Write([commit]);
            return true;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private async ValueTask<long?> QueueAsync(WaitingCommit commit, CancellationToken cancellationToken)
    {
        _ = _writer.Value;   // before there is work for it: who disposes the store sees it then
        Interlocked.Increment(ref _queued);
        try
        {
            await _waiting.Writer.WriteAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Interlocked.Decrement(ref _queued);
            throw exception is ChannelClosedException ? new ObjectDisposedException(nameof(SqliteNetworkStore), exception) : exception;
        }

        return await commit.Done.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        List<WaitingCommit> group = [];
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            lock (_turn)
            {
                group.Clear();
                while (_waiting.Reader.TryRead(out WaitingCommit? commit))
                {
                    Interlocked.Decrement(ref _queued);
                    if (commit.TryBegin())
                    {
                        group.Add(commit);
                    }
                }

                Write(group);
            }
        }
    }

    /// <summary>Writes a group. The caller has the turn.</summary>
    private void Write(List<WaitingCommit> group)
    {
        GroupOfCommits changes = new(Find, _revision);
        try
        {
            foreach (WaitingCommit commit in group)
            {
                commit.Revision = changes.TryAdd(commit.Transaction);
            }

            if (changes.Revision > _revision)
            {
                bool mustSync = group.Exists(static commit => commit.Transaction.Durability == StoreDurability.Disk);
                _file.Write(changes.Entries, changes.Revision, mustSync);
            }
        }
        catch (Exception failure) when (failure is SqliteException or DamagedFileException)
        {
            foreach (WaitingCommit commit in group)
            {
                commit.Fail(failure is SqliteException refused ? _file.Unwritable(refused) : _file.Unreadable(failure));
            }

            return;
        }

        Apply(changes);
        foreach (WaitingCommit commit in group)
        {
            commit.Complete();
        }
    }

    private void Apply(GroupOfCommits changes)
    {
        lock (_gate)
        {
            foreach ((string key, StoreEntry? entry) in changes.Entries)
            {
                if (entry is null)
                {
                    _entries?.Remove(key);
                }
                else if (_entries is not null)
                {
                    _entries[key] = entry;
                }
            }

            _revision = changes.Revision;
        }

        foreach (StoreChange change in changes.Changes)
        {
            _feed.Publish(change);
        }
    }
}

using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace LibNetwork.Stores.Sqlite;

/// <summary>A store in an SQLite file. What a commit says is done is on the disk.</summary>
/// <remarks>
/// Reads come from memory, which holds the same. Commits that wait at the same time go to the disk together: one writer takes all that
/// have come, checks and applies them in order, and syncs once.
/// </remarks>
internal sealed class SqliteNetworkStore : INetworkStore
{
    private const int MaxWaiting = 4096;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoreEntry> _entries = new(StringComparer.Ordinal);
    private readonly Channel<WaitingCommit> _waiting = Channel.CreateBounded<WaitingCommit>(MaxWaiting);
    private readonly StoreFile _file;
    private readonly StoreChangeFeed _feed;
    private readonly Task _writer;
    private long _revision;

    private SqliteNetworkStore(StoreFile file)
    {
        _file = file;
        foreach (StoreEntry entry in file.ReadAll())
        {
            _entries.Add(entry.Key, entry);
        }

        _revision = file.ReadRevision();
        _feed = new StoreChangeFeed(_revision);
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Opens a file, or makes it.</summary>
    public static SqliteNetworkStore Open(string path)
    {
        StoreFile file = StoreFile.Open(path);
        try
        {
            return new SqliteNetworkStore(file);
        }
        catch (SqliteException exception)
        {
            file.Dispose();
            throw StoreFile.Unreadable(path, exception);
        }
    }

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

    /// <inheritdoc/>
    /// <remarks>A token cancels only the wait for the writer; a commit that it has taken up happens.</remarks>
    public async ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        WaitingCommit commit = new(transaction, cancellationToken);
        try
        {
            await _waiting.Writer.WriteAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException exception)
        {
            throw new ObjectDisposedException(nameof(SqliteNetworkStore), exception);
        }

        return await commit.Done.ConfigureAwait(false);
    }

    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
        => _feed.WatchAsync(prefix, revision, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_waiting.Writer.TryComplete())
        {
            await _writer.ConfigureAwait(false);
            _feed.Complete();
            _file.Dispose();
        }
    }

    private async Task WriteAsync()
    {
        List<WaitingCommit> group = [];
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (_waiting.Reader.TryRead(out WaitingCommit? commit))
            {
                if (commit.TryBegin())
                {
                    group.Add(commit);
                }
            }

            Write(group);
        }
    }

    private void Write(List<WaitingCommit> group)
    {
        GroupOfCommits changes = new(key => _entries.GetValueOrDefault(key), _revision);   // only this thread changes them
        foreach (WaitingCommit commit in group)
        {
            commit.Revision = changes.TryAdd(commit.Transaction);
        }

        try
        {
            if (changes.Revision > _revision)
            {
                _file.Write(changes.Entries, changes.Revision);
            }
        }
        catch (SqliteException exception)
        {
            foreach (WaitingCommit commit in group)
            {
                commit.Fail(_file.Unwritable(exception));
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
                    _entries.Remove(key);
                }
                else
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

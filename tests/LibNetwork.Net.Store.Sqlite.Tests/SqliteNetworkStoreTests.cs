using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;

namespace LibNetwork.Stores.Sqlite.Tests;

/// <summary>What is special about a file; what every store does is in <see cref="SqliteConformanceTests"/>.</summary>
public sealed class SqliteNetworkStoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("Feature", "ST-10")]
    public async Task Who_opens_second_is_told_at_once_who_has_the_file()
    {
        await using SqliteNetworkStore store = _folder.Open();
        Stopwatch watch = Stopwatch.StartNew();

        NetworkException refused = Assert.Throws<NetworkException>(() => _folder.Open());

        Assert.InRange(watch.ElapsedMilliseconds, 0, 500);
        Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
        Assert.StartsWith($"process {Environment.ProcessId} (", refused.Holder, StringComparison.Ordinal);
        Assert.Contains("LibNetwork.Net.Store.Sqlite.Tests", refused.Holder, StringComparison.Ordinal);
        await PutAsync(store, "a", "1");   // the control: the first still works
    }

    [Fact, Trait("Feature", "ST-10")]
    public async Task A_store_that_was_closed_can_be_opened()
    {
        await _folder.Open().DisposeAsync();
        await _folder.Open().DisposeAsync();

        Assert.Equal(["network.db", "network.db-lock"], _folder.Files.Order(StringComparer.Ordinal));
    }

    [Fact, Trait("Feature", "ST-10")]
    public async Task A_program_that_holds_the_file_without_our_lock_keeps_it()
    {
        await _folder.Open().DisposeAsync();
        using SqliteConnection other = new(new SqliteConnectionStringBuilder { DataSource = _folder.StorePath, Pooling = false }.ConnectionString);
        other.Open();
        using SqliteTransaction transaction = other.BeginTransaction();

        NetworkException refused = Assert.Throws<NetworkException>(() => _folder.Open());

        Assert.Equal((NetworkErrorKind.Conflict, "another process"), (refused.Kind, refused.Holder));
    }

    [Fact]
    public async Task Commits_that_wait_at_the_same_time_go_to_the_disk_together()
    {
        const int Count = 400;
        await using SqliteNetworkStore store = _folder.Open();
        Stopwatch alone = Stopwatch.StartNew();
        for (int i = 0; i < Count / 10; i++)
        {
            await PutAsync(store, $"alone{i}", "1");
        }

        TimeSpan each = alone.Elapsed / (Count / 10);
        Stopwatch together = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Run(() => PutAsync(store, $"together{i}", "1"))));

        Assert.True(together.Elapsed < each * Count / 2, $"{Count} at once took {together.Elapsed}, one alone {each}");
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_up_to_date()
    {
        WriteVersion1(("a", "1", 4), ("b", "2", 7));

        await using (SqliteNetworkStore store = _folder.Open())
        {
            Assert.Equal("1", Text((await store.GetAsync("a", Cancel))!.Value));
            Assert.Equal(7, (await store.GetAsync("b", Cancel))!.Revision);
            Assert.Equal(8, await PutAsync(store, "c", "3"));
        }

        await using SqliteNetworkStore again = _folder.Open();   // with the checksums that the migration made
        Assert.Equal(["a", "b", "c"], (await again.ListAsync(string.Empty, Cancel)).Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_migration_that_is_cut_off_leaves_the_old_file()
    {
        WriteVersion1(("a", "1", 4));
        Execute("CREATE TRIGGER stop BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'cut off'); END");

        Assert.Throws<NetworkException>(() => _folder.Open());

        Execute("DROP TRIGGER stop");
        await using SqliteNetworkStore store = _folder.Open();
        Assert.Equal("1", Text((await store.GetAsync("a", Cancel))!.Value));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_and_left_alone()
    {
        await _folder.Open().DisposeAsync();
        Execute("PRAGMA user_version = 99");

        NetworkException refused = Assert.Throws<NetworkException>(() => _folder.Open(DamagedStore.SetAside));

        Assert.Equal(NetworkErrorKind.NotSupported, refused.Kind);
        Assert.Contains("99", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Files, static name => name.Contains("damaged", StringComparison.Ordinal));
    }

    /// <summary>The file as the first version made it.</summary>
    private void WriteVersion1(params (string Key, string Value, long Revision)[] entries)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.StorePath)!);   // a path of a file has a folder
        Execute(
            [
                "PRAGMA journal_mode = WAL",
                """
                CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
                CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL);
                INSERT INTO counter VALUES (1, 0);
                """,
                .. entries.Select(entry => $"INSERT INTO entries VALUES ('{entry.Key}', x'{Convert.ToHexString(Encoding.UTF8.GetBytes(entry.Value))}', {entry.Revision})"),
                $"UPDATE counter SET revision = {entries.Max(entry => entry.Revision)}",
                "PRAGMA user_version = 1",
            ]);
    }

    private void Execute(params string[] statements)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = _folder.StorePath, Pooling = false }.ConnectionString);
        connection.Open();
        foreach (string text in statements)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = text;
            command.ExecuteNonQuery();
        }
    }

    private static Task<long?> PutAsync(SqliteNetworkStore store, string key, string value)
        => store.TryCommitAsync(new StoreTransaction { Puts = [(key, Encoding.UTF8.GetBytes(value))] }, Cancel).AsTask();

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);
}

using System.Text;

namespace LibNetwork.Stores.Sqlite.Tests;

[Trait("Feature", "ST-01")]
public sealed class SqliteNetworkStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-store-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string StorePath => Path.Combine(_folder, "state", "network.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_committed_is_there_for_the_next_who_opens()
    {
        long? last;
        await using (SqliteNetworkStore store = SqliteNetworkStore.Open(StorePath))
        {
            await PutAsync(store, "a", "1");
            await PutAsync(store, "b", "2");
            await PutAsync(store, "a", "3");
            last = await store.TryCommitAsync(new StoreTransaction { Deletes = ["b"] }, Cancel);
        }

        await using SqliteNetworkStore again = SqliteNetworkStore.Open(StorePath);
        StoreEntry entry = Assert.Single(await again.ListAsync(string.Empty, Cancel));
        Assert.Equal(("a", "3", 3L), (entry.Key, Text(entry.Value), entry.Revision));
        Assert.Equal(last + 1, await PutAsync(again, "c", "4"));
    }

    [Fact]
    public async Task A_commit_whose_check_does_not_hold_changes_nothing()
    {
        await using SqliteNetworkStore store = SqliteNetworkStore.Open(StorePath);
        long? revision = await PutAsync(store, "a", "1");

        long? refused = await store.TryCommitAsync(
            new StoreTransaction { Checks = [("a", revision!.Value + 1)], Puts = [("a", Bytes("2")), ("b", Bytes("2"))] }, Cancel);
        long? accepted = await store.TryCommitAsync(
            new StoreTransaction { Checks = [("a", revision.Value), ("b", 0)], Puts = [("b", Bytes("2"))] }, Cancel);

        Assert.Null(refused);
        Assert.Equal(revision + 1, accepted);
        Assert.Equal("1", Text((await store.GetAsync("a", Cancel))!.Value));
    }

    [Fact]
    public async Task Of_many_at_once_who_want_one_key_exactly_one_gets_it()
    {
        await using SqliteNetworkStore store = SqliteNetworkStore.Open(StorePath);

        long?[] revisions = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.TryCommitAsync(
            new StoreTransaction { Checks = [("only", 0)], Puts = [("only", Bytes($"{i}"))] }, Cancel).AsTask()));

        Assert.Single(revisions, static revision => revision is not null);
    }

    [Fact]
    public async Task A_watcher_sees_the_changes_in_order_from_where_it_asks()
    {
        await using SqliteNetworkStore store = SqliteNetworkStore.Open(StorePath);
        long? first = await PutAsync(store, "x/a", "1");
        await PutAsync(store, "y/a", "2");
        await PutAsync(store, "x/b", "3");
        await store.TryCommitAsync(new StoreTransaction { Deletes = ["x/a"] }, Cancel);

        List<string> seen = [];
        await foreach (StoreChange change in store.WatchAsync("x/", first!.Value, Cancel))
        {
            seen.Add($"{change.Key} {(change.Value is { } value ? Text(value) : "gone")}");
            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["x/b 3", "x/a gone"], seen);
    }

    [Fact]
    public async Task Who_opens_second_is_told_who_has_the_file()
    {
        await using SqliteNetworkStore store = SqliteNetworkStore.Open(StorePath);

        NetworkException refused = Assert.Throws<NetworkException>(() => SqliteNetworkStore.Open(StorePath));

        Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
        Assert.Equal($"process {Environment.ProcessId}", refused.Holder);
        await PutAsync(store, "a", "1");   // the control: the first still works
    }

    [Fact]
    public async Task A_file_that_is_no_store_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StorePath)!);
        string rubbish = new('x', 10_000);
        await File.WriteAllTextAsync(StorePath, rubbish, Cancel);

        NetworkException refused = Assert.Throws<NetworkException>(() => SqliteNetworkStore.Open(StorePath));

        Assert.Equal(NetworkErrorKind.Unavailable, refused.Kind);
        Assert.Contains(StorePath, refused.Message, StringComparison.Ordinal);
        Assert.Equal(rubbish, await File.ReadAllTextAsync(StorePath, Cancel));
    }

    [Fact]
    public async Task A_cancelled_commit_did_not_happen()
    {
        await using SqliteNetworkStore store = SqliteNetworkStore.Open(StorePath);
        StoreTransaction transaction = new() { Puts = [("a", Bytes("1"))] };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.TryCommitAsync(transaction, new CancellationToken(canceled: true)).AsTask());

        Assert.Null(await store.GetAsync("a", Cancel));
    }

    [Fact]
    public async Task After_disposing_it_says_so()
    {
        SqliteNetworkStore store = SqliteNetworkStore.Open(StorePath);
        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => PutAsync(store, "a", "1"));
    }

    private static Task<long?> PutAsync(SqliteNetworkStore store, string key, string value)
        => store.TryCommitAsync(new StoreTransaction { Puts = [(key, Bytes(value))] }, Cancel).AsTask();

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);
}

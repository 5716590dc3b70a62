using System.Globalization;
using LibNetwork.Stores;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkStoreConformance
{
    [Fact]
    public async Task What_was_never_written_is_not_there()
    {
        Assert.Null(await Store.GetAsync(Prefix + "nothing", Cancel));
        Assert.Empty(await Store.ListAsync(Prefix, Cancel));
    }

    [Fact]
    public async Task What_was_written_is_read_with_the_revision_of_its_commit()
    {
        long revision = await PutAsync("a", "1");

        StoreEntry? entry = await Store.GetAsync(Prefix + "a", Cancel);

        Assert.NotNull(entry);
        Assert.Equal((Prefix + "a", "1", revision), (entry.Key, Text(entry.Value), entry.Revision));
    }

    [Fact]
    public async Task Keys_are_listed_by_prefix_and_in_ordinal_order()
    {
        foreach (string key in (string[])["x/b", "x/B", "x/a/1", "x/a", "x", "y/a", "x/é", "x/-"])
        {
            await PutAsync(key, key);
        }

        IEnumerable<string> listed = (await Store.ListAsync(Prefix + "x/", Cancel)).Select(entry => entry.Key[Prefix.Length..]);

        Assert.Equal(["x/-", "x/B", "x/a", "x/a/1", "x/b", "x/é"], listed);
    }

    [Fact]
    public async Task Values_of_any_length_and_content_come_back()
    {
        byte[] large = new byte[256 * 1024];
        new Random(1).NextBytes(large);
        await Store.TryCommitAsync(new StoreTransaction { Puts = [(Prefix + "empty", default), (Prefix + "large", large)] }, Cancel);

        Assert.Equal(0, (await Store.GetAsync(Prefix + "empty", Cancel))!.Value.Length);
        Assert.True((await Store.GetAsync(Prefix + "large", Cancel))!.Value.Span.SequenceEqual(large));
    }

    [Fact]
    public async Task Revisions_grow_and_a_commit_has_one()
    {
        long first = await PutAsync("a", "1");
        long? second = await Store.TryCommitAsync(new StoreTransaction { Puts = [Pair("a", "2"), Pair("b", "2")] }, Cancel);
        long? third = await Store.TryCommitAsync(new StoreTransaction { Deletes = [Prefix + "a"] }, Cancel);
        long fourth = await PutAsync("c", "4");

        IReadOnlyList<StoreEntry> listed = await Store.ListAsync(Prefix, Cancel);
        Assert.True(first < second && second < third && third < fourth, $"{first}, {second}, {third}, {fourth}");
        Assert.Equal([second!.Value, fourth], listed.Select(entry => entry.Revision));
    }

    [Fact]
    public async Task Deleting_takes_away_and_what_is_not_there_is_no_error()
    {
        await PutAsync("a", "1");

        Assert.NotNull(await Store.TryCommitAsync(new StoreTransaction { Deletes = [Prefix + "a", Prefix + "never"] }, Cancel));

        Assert.Empty(await Store.ListAsync(Prefix, Cancel));
    }

    [Fact]
    public async Task A_commit_happens_only_if_every_check_holds()
    {
        long revision = await PutAsync("a", "1");
        await PutAsync("gone", "1");
        await Store.TryCommitAsync(new StoreTransaction { Deletes = [Prefix + "gone"] }, Cancel);

        Assert.Null(await TryAsync((Prefix + "a", revision + 1)));
        Assert.Null(await TryAsync((Prefix + "a", 0)));
        Assert.Null(await TryAsync((Prefix + "a", revision), (Prefix + "b", 1)));
        Assert.Equal("1", await ReadAsync("a"));
        Assert.Null(await ReadAsync("b"));

        // The control: with the right revision it happens, 0 for keys that are not there, also such as were there once.
        Assert.NotNull(await TryAsync((Prefix + "a", revision), (Prefix + "b", 0), (Prefix + "gone", 0)));
        Assert.Equal("2", await ReadAsync("a"));
        Assert.Equal("2", await ReadAsync("b"));

        ValueTask<long?> TryAsync(params (string, long)[] checks)
            => Store.TryCommitAsync(new StoreTransaction { Checks = checks, Puts = [Pair("a", "2"), Pair("b", "2")] }, Cancel);
    }

    [Fact]
    public async Task A_cancelled_commit_did_not_happen()
    {
        StoreTransaction transaction = new() { Puts = [Pair("a", "1")] };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.TryCommitAsync(transaction, new CancellationToken(canceled: true)));

        Assert.Null(await ReadAsync("a"));
    }

    [Fact]
    public async Task Of_many_at_once_who_want_one_key_exactly_one_gets_it()
    {
        long?[] revisions = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () => await Store.TryCommitAsync(
            new StoreTransaction { Checks = [(Prefix + "only", 0)], Puts = [Pair("only", i.ToString(CultureInfo.InvariantCulture))] }, Cancel))));

        Assert.Single(revisions, static revision => revision is not null);
    }

    [Fact]
    public async Task No_increment_is_lost_among_many()
    {
        const int Workers = 8, Each = 25;
        await PutAsync("counter", "0");

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (int done = 0; done < Each;)
            {
                StoreEntry entry = (await Store.GetAsync(Prefix + "counter", Cancel))!;   // it is there from the start
                string next = (int.Parse(Text(entry.Value), CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
                StoreTransaction increment = new() { Checks = [(entry.Key, entry.Revision)], Puts = [Pair("counter", next)], Durability = StoreDurability.Process };
                done += await Store.TryCommitAsync(increment, Cancel) is null ? 0 : 1;
            }
        })));

        Assert.Equal((Workers * Each).ToString(CultureInfo.InvariantCulture), await ReadAsync("counter"));
    }

    [Fact]
    public async Task A_list_is_of_one_moment()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                string value = i.ToString(CultureInfo.InvariantCulture);
                await Store.TryCommitAsync(
                    new StoreTransaction { Puts = [Pair("a", value), Pair("b", value)], Durability = StoreDurability.Process }, Cancel);
            }
        });

        for (int i = 0; i < 500; i++)
        {
            IReadOnlyList<StoreEntry> listed = await Store.ListAsync(Prefix, Cancel);
            Assert.True(listed.Count is 0 or 2, $"{listed.Count} of 2 keys");
            Assert.True(listed.Count == 0 || listed[0].Revision == listed[1].Revision, "the keys of two commits");
        }

        await stop.CancelAsync();
        await writing;
    }
}

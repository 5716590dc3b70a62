using System.Globalization;
using LibNetwork.Stores;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkStoreConformance
{
    [Fact]
    public async Task A_watcher_sees_what_changes_after_the_revision_that_it_names()
    {
        long first = await PutAsync("x/a", "1");
        await PutAsync("y/a", "2");
        await PutAsync("x/b", "3");
        await Store.TryCommitAsync(new StoreTransaction { Deletes = [Prefix + "x/a"] }, Cancel);

        Assert.Equal(["x/b 3", "x/a gone"], await WatchAsync("x/", first, count: 2));
    }

    [Fact]
    public async Task A_watcher_sees_what_changes_while_it_watches()
    {
        long now = await PutAsync("a", "1");
        Task<List<string>> watching = WatchAsync(string.Empty, now, count: 3);

        await PutAsync("a", "2");
        await Store.TryCommitAsync(new StoreTransaction { Puts = [Pair("b", "3")], Deletes = [Prefix + "a"] }, Cancel);

        List<string> seen = await watching;
        Assert.Equal("a 2", seen[0]);
        Assert.Equal(["a gone", "b 3"], seen.Skip(1).Order(StringComparer.Ordinal));   // of one commit: in any order
    }

    [Fact]
    public async Task Who_resumes_misses_nothing_and_sees_nothing_twice()
    {
        const int Count = 200;
        long last = await PutAsync("start", "0");
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
            {
                await PutAsync("n", i.ToString(CultureInfo.InvariantCulture), StoreDurability.Process);
            }
        });

        List<string> seen = [];
        while (seen.Count < Count)
        {
            int read = 0;
            await foreach (StoreChange change in Store.WatchAsync(Prefix, last, Cancel))
            {
                Assert.True(change.Revision > last, "a change from before");
                seen.Add(Describe(change));
                last = change.Revision;
                if (++read == 7 || seen.Count == Count)
                {
                    break;
                }
            }
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"n {i}"), seen);
    }

    [Fact]
    public async Task Who_lists_and_then_watches_misses_nothing()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await PutAsync("n", "0");
        Task writing = Task.Run(async () =>
        {
            for (int i = 1; !stop.IsCancellationRequested; i++)
            {
                await PutAsync("n", i.ToString(CultureInfo.InvariantCulture), StoreDurability.Process);
            }
        });

        for (int i = 0; i < 50; i++)
        {
            StoreEntry entry = Assert.Single(await Store.ListAsync(Prefix, Cancel));
            int listed = int.Parse(Text(entry.Value), CultureInfo.InvariantCulture);
            Assert.Equal([$"n {listed + 1}", $"n {listed + 2}"], await WatchAsync(string.Empty, entry.Revision, count: 2));
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Two_watchers_see_the_same()
    {
        long now = await PutAsync("start", "0");
        Task<List<string>> one = WatchAsync(string.Empty, now, count: 20), other = WatchAsync(string.Empty, now, count: 20);

        for (int i = 0; i < 20; i++)
        {
            await PutAsync($"{i % 3}", i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal(await one, await other);
    }

    [Fact]
    public async Task A_watcher_that_comes_too_late_is_told_so_and_gets_no_gap()
    {
        long before = await PutAsync("mark", "first");
        await PutAsync("mark", "second");
        await ForgetOldChangesAsync();
        long end = await PutAsync("mark", "last");

        // Either every change is still known, or none is shown.
        await AssertWholeOrRefusedAsync(before, "mark second");

        // And so for every point at which the memory may end: what is shown begins with the change right after it.
        Assert.Equal(["mark later"], await LateAsync());

        async Task<List<string>> LateAsync()
        {
            await PutAsync("mark", "later");
            return await WatchAsync(string.Empty, end, count: 1);
        }
    }

    [Fact]
    public async Task A_commit_is_remembered_as_a_whole_or_not_at_all()
    {
        await ForgetOldChangesAsync();
        await PutAsync("end", "1");
        IReadOnlyList<StoreEntry> listed = await Store.ListAsync(Prefix, Cancel);
        long newest = listed.Max(entry => entry.Revision);

        // Commits of the flood have three changes each; a watcher of all of them must never get one or two of them.
        for (long from = newest - 1400; from < newest - 1300; from++)
        {
            List<StoreChange> seen = [];
            try
            {
                await foreach (StoreChange change in Store.WatchAsync(Prefix, Math.Max(from, 0), Cancel))
                {
                    seen.Add(change);
                    if (seen.Count == 4)
                    {
                        break;
                    }
                }
            }
            catch (NetworkException refused)
            {
                Assert.Equal(NetworkErrorKind.Unavailable, refused.Kind);
                continue;
            }

            Assert.Equal(3, seen.Count(change => change.Revision == seen[0].Revision));
        }
    }

    [Fact]
    public async Task A_watcher_that_does_not_keep_up_gets_everything_or_is_told()
    {
        long now = await PutAsync("start", "0");
        await using IAsyncEnumerator<StoreChange> watcher = Store.WatchAsync(Prefix, now, Cancel).GetAsyncEnumerator(Cancel);
        await PutAsync("first", "1");
        Assert.True(await watcher.MoveNextAsync());
        await ForgetOldChangesAsync();
        await PutAsync("last", "1");

        long revision = watcher.Current.Revision;
        try
        {
            while (await watcher.MoveNextAsync())
            {
                Assert.True(watcher.Current.Revision >= revision, "out of order");
                revision = watcher.Current.Revision;
                if (Describe(watcher.Current) == "last 1")
                {
                    return;
                }
            }

            Assert.Fail("the watch ended without a word");
        }
        catch (NetworkException told)
        {
            Assert.Equal(NetworkErrorKind.Unavailable, told.Kind);
        }
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_cancelled()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        long now = await PutAsync("a", "1");
        Task watching = Task.Run(async () =>
        {
            await foreach (StoreChange change in Store.WatchAsync(Prefix, now, stop.Token))
            {
                Assert.Fail($"nothing changed, but {Describe(change)}");
            }
        });

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    private async Task AssertWholeOrRefusedAsync(long revision, string first)
    {
        try
        {
            Assert.Equal([first], await WatchAsync(string.Empty, revision, count: 1));
        }
        catch (NetworkException refused)
        {
            Assert.Equal(NetworkErrorKind.Unavailable, refused.Kind);
        }
    }
}

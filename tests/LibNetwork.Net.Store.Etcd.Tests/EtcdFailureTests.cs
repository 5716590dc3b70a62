using System.Globalization;
using System.Text;
using LibNetwork.TestSupport;

namespace LibNetwork.Stores.Etcd.Tests;

/// <summary>What members do that crash, hang and come back, and what a store must make of it.</summary>
[Trait("Feature", "ST-01"), Trait("Category", "Kernel")]
public sealed class EtcdFailureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_commit_happens_once_and_each_change_is_seen_once_whoever_dies_meanwhile(int count)
    {
        const int Writers = 4, Steps = 4;
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync(count);
        await using EtcdNetworkStore store = EtcdFixture.Open(members, options => options.RequestTimeout = TimeSpan.FromSeconds(30));
        long start = await PutAsync(store, "0");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<int>[] writing = [.. Enumerable.Range(0, Writers).Select(_ => Task.Run(() => IncrementAsync(store, stop.Token), Cancel))];
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        List<int> seen = [];
        Task watching = Task.Run(async () =>
        {
            await foreach (StoreChange change in store.WatchAsync("counter", start, end.Token))
            {
                seen.Add(Number(change.Value!.Value));
            }
        }, Cancel);

        Random random = new(count);
        for (int step = 0; step < Steps; step++)
        {
            int member = random.Next(count);
            if (step % 2 == 0)
            {
                await members.KillAsync(member);
                await Task.Delay(300, Cancel);
                await members.StartAsync(member);
            }
            else
            {
                await members.PauseAsync(member);
                await Task.Delay(3000, Cancel);   // long enough to be left for another
                await members.ResumeAsync(member);
            }

            await Task.Delay(1500, Cancel);   // one that comes back looks for a leader first
        }

        await stop.CancelAsync();
        int done = (await Task.WhenAll(writing)).Sum();
        int counted = Number((await store.GetAsync("counter", Cancel))!.Value);
        await WaitAsync(() => watching.IsCompleted || seen.Count >= counted);
        if (watching.IsCompleted)
        {
            await watching;   // says why
        }

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.Equal(done, counted);
        Assert.True(done > Writers * Steps, $"only {done} commits were tried");
        Assert.Equal(Enumerable.Range(1, counted), seen);
    }

    [Fact]
    public async Task Nothing_happens_without_a_majority_and_everything_again_with_one()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync(count: 3);
        await using EtcdNetworkStore store = EtcdFixture.Open(members, static options => options.RequestTimeout = TimeSpan.FromSeconds(3));
        await PutAsync(store, "1");
        await members.KillAsync(0);
        await PutAsync(store, "2");   // the control: two of three suffice
        await members.KillAsync(1);

        NetworkException write = await Assert.ThrowsAsync<NetworkException>(() => PutAsync(store, "3"));
        NetworkException read = await Assert.ThrowsAsync<NetworkException>(async () => await store.GetAsync("counter", Cancel));
        Assert.Equal((NetworkErrorKind.Unavailable, NetworkErrorKind.Unavailable), (write.Kind, read.Kind));
        Assert.Contains("majority", write.Message, StringComparison.Ordinal);

        await members.StartAsync(1);
        await WaitAsync(() => TryAsync(() => PutAsync(store, "4")));
        Assert.Equal(4, Number((await store.GetAsync("counter", Cancel))!.Value));
    }

    [Fact]
    public async Task A_watcher_whose_changes_were_compacted_is_told()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync();
        await using EtcdNetworkStore store = EtcdFixture.Open(members);
        long first = await PutAsync(store, "1");
        await PutAsync(store, "2");
        long last = await PutAsync(store, "3");
        Assert.Equal(2, await FirstAsync(store, first));   // the control
        await members.CompactAsync(last);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => FirstAsync(store, first));
        await PutAsync(store, "4");

        Assert.Equal(NetworkErrorKind.Unavailable, refused.Kind);
        Assert.Contains("list", refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(4, await FirstAsync(store, last));
        Assert.Equal(4, Number(Assert.Single(await store.ListAsync("counter", Cancel)).Value));
    }

    [Fact]
    public async Task A_lease_that_nobody_can_renew_ends_on_both_sides_and_its_keys_with_it()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync();
        bool isCut = false;
        string prefix = $"test-{Guid.NewGuid():N}";
        await using EtcdNetworkStore witness = EtcdFixture.Open(members, options => options.Prefix = prefix);
        await using EtcdNetworkStore store = EtcdFixture.Open(members, options =>
        {
            options.Prefix = prefix;
            options.RequestTimeout = TimeSpan.FromSeconds(1);
            options.OpenSocket = family => isCut ? throw new System.Net.Sockets.SocketException() : members.OpenSocket(family);
        });
        await using IStoreLease lease = await store.LeaseAsync(TimeSpan.FromSeconds(3), Cancel);
        await store.TryCommitAsync(new StoreTransaction { Puts = [("node", default)], Lease = lease }, Cancel);
        await Task.Delay(TimeSpan.FromSeconds(5), Cancel);
        Assert.NotNull(await witness.GetAsync("node", Cancel));   // the control

        isCut = true;
        await members.KillAsync(0);   // and with it the connection
        await members.StartAsync(0);

        await WaitAsync(() => lease.Ended.IsCancellationRequested);
        await WaitAsync(async () => await witness.GetAsync("node", Cancel) is null);
    }

    [Fact]
    public async Task More_keys_than_etcd_takes_at_once_are_refused_with_the_remedy()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync();
        await using EtcdNetworkStore store = EtcdFixture.Open(members);
        await store.TryCommitAsync(Keys(127), Cancel);   // the control

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await store.TryCommitAsync(Keys(128), Cancel));

        Assert.Equal(NetworkErrorKind.Exhausted, refused.Kind);
        Assert.Contains("--max-txn-ops", refused.Remedy, StringComparison.Ordinal);
        Assert.Equal(127, (await store.ListAsync(string.Empty, Cancel)).Count);

        static StoreTransaction Keys(int count)
            => new() { Puts = [.. Enumerable.Range(0, count).Select(static i => (i.ToString(CultureInfo.InvariantCulture), ReadOnlyMemory<byte>.Empty))] };
    }

    [Fact]
    public async Task A_list_of_many_pages_is_of_one_moment_and_whole()
    {
        const int Count = 2500;
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync();
        await using EtcdNetworkStore store = EtcdFixture.Open(members);
        for (int i = 0; i < Count; i += 125)
        {
            await store.TryCommitAsync(
                new StoreTransaction { Puts = [.. Enumerable.Range(i, 125).Select(static key => ($"{key:d5}", ReadOnlyMemory<byte>.Empty))] }, Cancel);
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(static key => $"{key:d5}"), (await store.ListAsync(string.Empty, Cancel)).Select(static entry => entry.Key));
    }

    [Fact]
    public async Task Stores_with_other_prefixes_see_nothing_of_each_other()
    {
        EtcdFixture.SkipUnlessInstalled();
        await using EtcdMembers members = await EtcdMembers.StartAsync();
        await using EtcdNetworkStore one = EtcdFixture.Open(members, static options => options.Prefix = "a"), other = EtcdFixture.Open(members, static options => options.Prefix = "ab");
        await using EtcdNetworkStore same = EtcdFixture.Open(members, static options => options.Prefix = "a");

        await PutAsync(one, "1");

        Assert.Empty(await other.ListAsync(string.Empty, Cancel));
        Assert.Equal("counter", Assert.Single(await same.ListAsync(string.Empty, Cancel)).Key);
    }

    private static async Task<int> IncrementAsync(EtcdNetworkStore store, CancellationToken stop)
    {
        int done = 0;
        while (!stop.IsCancellationRequested)
        {
            StoreEntry entry = (await store.GetAsync("counter", Cancel))!;   // it is there from the start
            string next = (Number(entry.Value) + 1).ToString(CultureInfo.InvariantCulture);
            StoreTransaction increment = new() { Checks = [(entry.Key, entry.Revision)], Puts = [("counter", Encoding.UTF8.GetBytes(next))] };
            done += await store.TryCommitAsync(increment, Cancel) is null ? 0 : 1;
        }

        return done;
    }

    private static async Task<int> FirstAsync(EtcdNetworkStore store, long revision)
    {
        await foreach (StoreChange change in store.WatchAsync("counter", revision, Cancel))
        {
            return Number(change.Value!.Value);
        }

        throw new InvalidOperationException("the watch ended");
    }

    private static async Task<long> PutAsync(EtcdNetworkStore store, string value)
        => await store.TryCommitAsync(new StoreTransaction { Puts = [("counter", Encoding.UTF8.GetBytes(value))] }, Cancel) ?? 0;

    private static int Number(ReadOnlyMemory<byte> value) => int.Parse(Encoding.UTF8.GetString(value.Span), CultureInfo.InvariantCulture);

    private static Task WaitAsync(Func<bool> condition) => WaitAsync(() => Task.FromResult(condition()));

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 600 && !await condition(); i++)
        {
            await Task.Delay(50, Cancel);
        }

        Assert.True(await condition(), "it did not happen in half a minute");
    }

    private static async Task<bool> TryAsync(Func<Task> act) => await Record.ExceptionAsync(act) is null;
}

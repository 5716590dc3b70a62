using LibNetwork.Stores;
using Xunit;

namespace LibNetwork.Testing;

/// <summary>What every store with leases must do besides.</summary>
public abstract class LeasingStoreConformance : NetworkStoreConformance
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ILeasingStore Leasing => (ILeasingStore)Store;

    /// <summary>A lease that its owner keeps does not end.</summary>
    [Fact]
    public async Task Keys_under_a_lease_stay_while_it_is_held()
    {
        await using IStoreLease lease = await Leasing.LeaseAsync(Duration, Cancel);
        await PutAsync("held", lease);

        await Task.Delay(lease.Duration * 1.5, Cancel);

        Assert.NotNull(await Store.GetAsync(Prefix + "held", Cancel));
        Assert.False(lease.Ended.IsCancellationRequested);
    }

    /// <summary>And one that is given back takes its keys along, and no others.</summary>
    [Fact]
    public async Task Keys_go_with_their_lease_and_watchers_see_it()
    {
        IStoreLease lease = await Leasing.LeaseAsync(Duration, Cancel), other = await Leasing.LeaseAsync(Duration, Cancel);
        await using (other)
        {
            await PutAsync("a", lease);
            await PutAsync("b", lease);
            await PutAsync("others", other);
            long now = await PutAsync("nobodys", lease: null);

            await lease.DisposeAsync();
            await lease.DisposeAsync();

            List<string> gone = [];
            await foreach (StoreChange change in Store.WatchAsync(Prefix, now, Cancel))
            {
                Assert.Null(change.Value);
                gone.Add(change.Key[Prefix.Length..]);
                if (gone.Count == 2)
                {
                    break;
                }
            }

            Assert.Equal(["a", "b"], gone.Order(StringComparer.Ordinal));
            Assert.True(lease.Ended.IsCancellationRequested);
            Assert.Equal(["nobodys", "others"], (await Store.ListAsync(Prefix, Cancel)).Select(entry => entry.Key[Prefix.Length..]));
        }
    }

    /// <summary>The last who writes a key says what it is bound to.</summary>
    [Fact]
    public async Task A_key_that_is_written_again_without_a_lease_stays()
    {
        IStoreLease lease = await Leasing.LeaseAsync(Duration, Cancel);
        await PutAsync("a", lease);
        await PutAsync("b", lease);
        await PutAsync("a", lease: null);

        await lease.DisposeAsync();

        Assert.Equal(["a"], (await Store.ListAsync(Prefix, Cancel)).Select(entry => entry.Key[Prefix.Length..]));
    }

    /// <summary>Nothing is written for who is not there any more.</summary>
    [Fact]
    public async Task Nothing_is_written_under_a_lease_that_has_ended()
    {
        IStoreLease lease = await Leasing.LeaseAsync(Duration, Cancel);
        await PutAsync("a", lease);   // the control
        await lease.DisposeAsync();

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => PutAsync("b", lease));

        Assert.Equal(NetworkErrorKind.NotFound, refused.Kind);
        Assert.Empty(await Store.ListAsync(Prefix, Cancel));
    }

    private async Task<long> PutAsync(string key, IStoreLease? lease)
        => await Store.TryCommitAsync(new StoreTransaction { Puts = [(Prefix + key, new byte[] { 1 })], Lease = lease }, Cancel) ?? 0;
}

using LibNetwork.Stores;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkStoreConformance
{
    [Theory]
    [InlineData(StoreDurability.Disk)]
    [InlineData(StoreDurability.Process)]
    public async Task What_was_committed_is_there_for_who_opens_next(StoreDurability last)
    {
        Assert.SkipUnless(OutlivesItsProcess, "this store ends with its process");
        await PutAsync("a", "1");
        await PutAsync("b", "2", StoreDurability.Process);
        await Store.TryCommitAsync(new StoreTransaction { Puts = [Pair("a", "3")], Deletes = [Prefix + "b"], Durability = last }, Cancel);
        IReadOnlyList<StoreEntry> before = await Store.ListAsync(Prefix, Cancel);

        await ReopenAsync();

        IReadOnlyList<StoreEntry> after = await Store.ListAsync(Prefix, Cancel);
        Assert.Equal(before.Select(Line), after.Select(Line));
        Assert.Equal("3", await ReadAsync("a"));

        static string Line(StoreEntry entry) => $"{entry.Key} {Text(entry.Value)} {entry.Revision}";
    }

    [Fact]
    public async Task Revisions_go_on_after_opening_again()
    {
        Assert.SkipUnless(OutlivesItsProcess, "this store ends with its process");
        await PutAsync("a", "1");
        long? deleted = await Store.TryCommitAsync(new StoreTransaction { Deletes = [Prefix + "a"] }, Cancel);

        await ReopenAsync();

        Assert.True(await PutAsync("a", "2") > deleted, "a revision came twice");
    }

    [Fact]
    public async Task Who_watches_from_before_it_was_opened_sees_everything_or_is_told()
    {
        Assert.SkipUnless(OutlivesItsProcess, "this store ends with its process");
        long before = await PutAsync("a", "1");
        await PutAsync("a", "2");

        await ReopenAsync();

        await AssertWholeOrRefusedAsync(before, "a 2");
    }

    [Fact]
    public async Task After_disposing_a_commit_is_refused()
    {
        Assert.SkipUnless(OutlivesItsProcess, "this store ends with its process");
        await Store.DisposeAsync();
        await Store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => PutAsync("a", "1"));
    }
}

using System.Text;

namespace LibNetwork.Stores.Sqlite.Tests;

/// <summary>A file that is damaged is refused, or set aside whole; it is never taken for an empty one.</summary>
public sealed class DamagedStoreTests : IDisposable
{
    private const string Value = "the value that is looked for in the file";
    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Damages => ["cut to nothing", "cut in half", "a page is lost", "rubbish", "one byte of a value", "a table is missing"];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Damages))]
    public async Task It_is_refused_and_stays_as_it_is(string damage)
    {
        byte[] damaged = await DamageAsync(damage);

        NetworkException refused = Assert.Throws<NetworkException>(() => _folder.Open());

        Assert.Equal(NetworkErrorKind.Unavailable, refused.Kind);
        Assert.Contains(_folder.StorePath, refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Remedy);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder.StorePath, Cancel));
    }

    [Theory, MemberData(nameof(Damages))]
    public async Task On_request_it_is_set_aside_and_the_new_one_says_what_was_lost(string damage)
    {
        byte[] damaged = await DamageAsync(damage);

        await using (SqliteNetworkStore store = _folder.Open(DamagedStore.SetAside))
        {
            StoreEntry lost = Assert.Single(await store.ListAsync(string.Empty, Cancel));
            Assert.Equal(LostState.Key, lost.Key);
            Assert.Equal(damaged, await File.ReadAllBytesAsync(Encoding.UTF8.GetString(lost.Value.Span), Cancel));
        }

        // It says so until somebody has dealt with it.
        await using SqliteNetworkStore again = _folder.Open(DamagedStore.SetAside);
        Assert.NotNull(await again.GetAsync(LostState.Key, Cancel));
    }

    [Theory]
    [InlineData("one byte of a value", false)]
    [InlineData("none", true)]
    public async Task Who_reads_on_demand_finds_damage_when_it_is_read(string damage, bool isWhole)
    {
        await DamageAsync(damage);
        await using SqliteNetworkStore store = _folder.Open(DamagedStore.SetAside, readsOnDemand: true);
        List<NetworkErrorKind> refusals = [];

        for (int i = 0; i < 200; i++)
        {
            try
            {
                Assert.NotNull(await store.GetAsync($"key{i}", Cancel));
            }
            catch (NetworkException refused)
            {
                refusals.Add(refused.Kind);
            }
        }

        NetworkException? listed = (NetworkException?)await Record.ExceptionAsync(async () => await store.ListAsync("key", Cancel));
        Assert.Equal(isWhole, refusals.Count == 0);
        Assert.All(refusals, static kind => Assert.Equal(NetworkErrorKind.Unavailable, kind));
        Assert.Equal(isWhole ? null : NetworkErrorKind.Unavailable, listed?.Kind);
        Assert.DoesNotContain(_folder.Files, static name => name.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_whole_file_is_opened_and_nothing_is_set_aside()
    {
        await DamageAsync("none");

        await using SqliteNetworkStore store = _folder.Open(DamagedStore.SetAside);

        Assert.Equal(200, (await store.ListAsync("key", Cancel)).Count);
        Assert.DoesNotContain(_folder.Files, static name => name.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_was_moved_away_is_not_missed()
    {
        await DamageAsync("none");
        File.Delete(_folder.StorePath);

        await using SqliteNetworkStore store = _folder.Open();

        Assert.Empty(await store.ListAsync(string.Empty, Cancel));
    }

    private async Task<byte[]> DamageAsync(string damage)
    {
        await using (SqliteNetworkStore store = _folder.Open())
        {
            for (int i = 0; i < 200; i++)
            {
                byte[] value = Encoding.UTF8.GetBytes($"{Value} {i} {new string('.', 400)}");
                await store.TryCommitAsync(new StoreTransaction { Puts = [($"key{i}", value)], Durability = StoreDurability.Process }, Cancel);
            }
        }

        byte[] whole = await File.ReadAllBytesAsync(_folder.StorePath, Cancel);
        byte[] damaged = damage switch
        {
            "cut to nothing" => [],
            "cut in half" => whole[..(whole.Length / 2)],
            "a page is lost" => [.. whole[..8192], .. new byte[4096], .. whole[12288..]],
            "rubbish" => Encoding.ASCII.GetBytes(new string('x', whole.Length)),
            "one byte of a value" => FlipEvery(whole, Encoding.UTF8.GetBytes(Value)),   // the first may be a remnant that nothing refers to
            "a table is missing" => FlipEvery(whole, "tablecounter"u8),
            _ => whole,
        };
        await File.WriteAllBytesAsync(_folder.StorePath, damaged, Cancel);
        return damaged;
    }

    private static byte[] FlipEvery(byte[] bytes, ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (int next = bytes.AsSpan().IndexOf(text); next >= 0; next = bytes.AsSpan().IndexOf(text))
        {
            bytes[next + text.Length - 1] ^= 1;
            count++;
        }

        Assert.True(count > 0, "the place to damage was not found");
        return bytes;
    }
}

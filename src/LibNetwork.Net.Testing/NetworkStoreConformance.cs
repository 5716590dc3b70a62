using System.Globalization;
using System.Text;
using LibNetwork.Stores;
using Xunit;

namespace LibNetwork.Testing;

/// <summary>What every store must do. Derive a class and say how the store is opened; each test gets a new one.</summary>
/// <remarks>Tests use only keys below <see cref="Prefix"/>, and expect revisions to grow, not to grow by one: a server may be shared.</remarks>
public abstract partial class NetworkStoreConformance : IAsyncLifetime
{
    private INetworkStore? _store;

    /// <summary>What the keys of this test begin with.</summary>
    protected string Prefix { get; } = $"conformance/{Guid.NewGuid():N}/";

    /// <summary>Whether what was committed is there when the store is opened again.</summary>
    protected abstract bool OutlivesItsProcess { get; }

    /// <summary>The store of this test.</summary>
    protected INetworkStore Store => _store ?? throw new InvalidOperationException("the test has not begun");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the store of this test; called again after it was disposed.</summary>
    protected abstract ValueTask<INetworkStore> OpenAsync();

    /// <summary>Takes away what <see cref="OpenAsync"/> left, after the store was disposed.</summary>
    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    /// <summary>Makes the store forget old changes, as far as it ever does.</summary>
    /// <remarks>By default it is given more changes than a store may be expected to remember.</remarks>
    protected virtual async ValueTask ForgetOldChangesAsync()
    {
        const int Commits = 3000, KeysPerCommit = 3;
        for (int i = 0; i < Commits; i++)
        {
            ReadOnlyMemory<byte> value = Bytes(i.ToString(CultureInfo.InvariantCulture));
            await Store.TryCommitAsync(
                new StoreTransaction
                {
                    Puts = [.. Enumerable.Range(0, KeysPerCommit).Select(key => ($"{Prefix}flood/{key}", value))],
                    Durability = StoreDurability.Process,
                },
                Cancel);
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    private async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        _store = await OpenAsync();
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    private (string Key, ReadOnlyMemory<byte> Value) Pair(string key, string value) => (Prefix + key, Bytes(value));

    private async Task<long> PutAsync(string key, string value, StoreDurability durability = StoreDurability.Disk)
    {
        long? revision = await Store.TryCommitAsync(new StoreTransaction { Puts = [Pair(key, value)], Durability = durability }, Cancel);
        Assert.NotNull(revision);
        return revision.Value;
    }

    private async Task<string?> ReadAsync(string key)
        => await Store.GetAsync(Prefix + key, Cancel) is { } entry ? Text(entry.Value) : null;

    /// <summary>Reads changes until there are enough, each as its key and its value.</summary>
    private async Task<List<string>> WatchAsync(string prefix, long revision, int count)
    {
        List<string> seen = [];
        await foreach (StoreChange change in Store.WatchAsync(Prefix + prefix, revision, Cancel))
        {
            seen.Add(Describe(change));
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }

    private string Describe(StoreChange change) => $"{change.Key[Prefix.Length..]} {(change.Value is { } value ? Text(value) : "gone")}";
}

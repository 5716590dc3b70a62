using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Stores.Sqlite.Tests;

/// <summary>A folder with a store, removed in the end.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-store-").FullName;

    public string StorePath => Path.Combine(_folder, "state", "network.db");

    public IEnumerable<string> Files => Directory.EnumerateFiles(Path.Combine(_folder, "state")).Select(path => Path.GetFileName(path));

    public SqliteNetworkStore Open(DamagedStore whenDamaged = DamagedStore.Refuse, bool readsOnDemand = false)
        => SqliteNetworkStore.Open(StorePath, new SqliteStoreOptions { WhenDamaged = whenDamaged, ReadsOnDemand = readsOnDemand }, NullLogger.Instance, TimeProvider.System);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

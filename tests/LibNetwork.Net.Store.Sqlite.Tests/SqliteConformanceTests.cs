using LibNetwork.Testing;

namespace LibNetwork.Stores.Sqlite.Tests;

[Trait("Feature", "ST-01"), Trait("Feature", "ST-02")]
public sealed class SqliteConformanceTests : NetworkStoreConformance
{
    private readonly StoreFolder _folder = new();

    protected override bool OutlivesItsProcess => true;

    protected override ValueTask<INetworkStore> OpenAsync() => ValueTask.FromResult<INetworkStore>(_folder.Open());

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

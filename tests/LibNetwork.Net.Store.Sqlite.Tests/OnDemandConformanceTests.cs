using LibNetwork.Testing;

namespace LibNetwork.Stores.Sqlite.Tests;

/// <summary>A store that reads from its file what it is asked for, until all is listed.</summary>
[Trait("Feature", "ST-01"), Trait("Feature", "ST-02")]
public sealed class OnDemandConformanceTests : NetworkStoreConformance
{
    private readonly StoreFolder _folder = new();

    protected override bool OutlivesItsProcess => true;

    protected override ValueTask<INetworkStore> OpenAsync() => ValueTask.FromResult<INetworkStore>(_folder.Open(readsOnDemand: true));

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

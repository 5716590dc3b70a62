using LibNetwork.Stores;
using LibNetwork.Testing;

namespace LibNetwork.Core.Tests;

[Trait("Feature", "ST-02")]
public sealed class InMemoryNetworkStoreTests : LeasingStoreConformance
{
    protected override bool OutlivesItsProcess => false;

    protected override ValueTask<INetworkStore> OpenAsync() => ValueTask.FromResult<INetworkStore>(new InMemoryNetworkStore());
}

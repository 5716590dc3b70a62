using LibNetwork.Testing;

namespace LibNetwork.Stores.Etcd.Tests;

[Trait("Feature", "ST-01"), Trait("Category", "Kernel")]
public sealed class EtcdConformanceTests(EtcdFixture etcd) : LeasingStoreConformance, IClassFixture<EtcdFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    protected override bool OutlivesItsProcess => true;

    protected override ValueTask<INetworkStore> OpenAsync()
    {
        EtcdFixture.SkipUnlessInstalled();
        return ValueTask.FromResult<INetworkStore>(EtcdFixture.Open(etcd.Members, options => options.Prefix = _prefix));
    }
}

using LibNetwork.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Stores.Etcd.Tests;

/// <summary>One etcd for all tests that leave it as it is; each has keys of its own.</summary>
public sealed class EtcdFixture : IAsyncLifetime
{
    private EtcdMembers? _members;

    public EtcdMembers Members => _members ?? throw new InvalidOperationException("etcd has not been started");

    public async ValueTask InitializeAsync() => _members = EtcdMembers.IsInstalled ? await EtcdMembers.StartAsync() : null;

    public ValueTask DisposeAsync() => _members?.DisposeAsync() ?? default;

    public static void SkipUnlessInstalled() => Assert.SkipUnless(EtcdMembers.IsInstalled, "etcd is not installed");

    public static EtcdNetworkStore Open(EtcdMembers members, Action<EtcdStoreOptions>? configure = null)
    {
        EtcdStoreOptions options = new() { Endpoints = members.Endpoints, OpenSocket = members.OpenSocket, Prefix = $"test-{Guid.NewGuid():N}" };
        configure?.Invoke(options);
        return EtcdNetworkStore.Open(options, NullLogger<EtcdNetworkStore>.Instance, TimeProvider.System);
    }
}

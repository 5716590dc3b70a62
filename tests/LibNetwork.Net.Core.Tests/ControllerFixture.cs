using LibNetwork.Controller;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Stores;
using LibNetwork.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.Core.Tests;

/// <summary>A controller on a fake driver; sandboxes are shares in the host's namespace, so that no root is needed.</summary>
public sealed class ControllerFixture : IAsyncDisposable
{
    private readonly HostKernel _kernel = HostKernel.Open();

    public ControllerFixture(params FakeNetworkDriver[] drivers)
    {
        Driver = drivers.Length > 0 ? drivers[0] : new FakeNetworkDriver();
        Store = new InMemoryNetworkStore();
        Ipam = new DefaultIpamDriver(BuiltInPools.ForThisMachine(), TimeProvider.System);
        Controller = new NetworkController(
            _kernel,
            drivers.Length > 0 ? drivers : [Driver],
            [Ipam, new NullIpamDriver()],
            Store,
            new NftFirewall(_kernel, TimeProvider.System),
            new LibNetworkOptions { RunDirectory = Path.Combine(Path.GetTempPath(), "libnetwork-unit"), AvoidHostRanges = false },
            NullLogger<NetworkController>.Instance,
            TimeProvider.System);
    }

    public FakeNetworkDriver Driver { get; }

    public INetworkController Controller { get; }

    internal InMemoryNetworkStore Store { get; }

    internal DefaultIpamDriver Ipam { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task<INetwork> NetworkAsync(string name, Func<NetworkSpec, NetworkSpec>? change = null)
    {
        NetworkSpec spec = new() { Name = name, Driver = Driver.Name };
        return Controller.CreateNetworkAsync(change?.Invoke(spec) ?? spec, Cancel);
    }

    public Task<ISandbox> SandboxAsync(string container)
        => Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = container, UseHostNamespace = true }, Cancel);

    public async Task<int> StoredKeysAsync() => (await Store.ListAsync(string.Empty, Cancel)).Count;

    public async ValueTask DisposeAsync()
    {
        await Controller.DisposeAsync();
        await _kernel.DisposeAsync();
        await Store.DisposeAsync();
    }
}

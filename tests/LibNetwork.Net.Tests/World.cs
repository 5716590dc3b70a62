using LibNetwork.Drivers;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Stores;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests;

/// <summary>A controller with all built-in drivers on a host of its own. Kernel, store and IPAM can be made to fail.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private World(TestHost host, FaultInjector? faults, INetworkDriver[] drivers)
    {
        Host = host;
        ServiceCollection services = new();
        services.AddLibNetwork(options =>
        {
            options.HostNamespacePath = host.NamespacePath;
            options.RunDirectory = host.RunDirectory;
            options.KernelObserver = faults;
        }).AddBridgeDriver().AddHostDriver().AddNullDriver();
        foreach (INetworkDriver driver in drivers)
        {
            services.AddSingleton(driver);
        }

        services.Wrap<INetworkStore>(store => new FaultyStore(store, faults ?? new FaultInjector()));
        services.Wrap<IIpamDriver>(driver => new FaultyIpamDriver(driver, faults ?? new FaultInjector()));
        _services = services.BuildServiceProvider();
        Controller = _services.GetRequiredService<INetworkController>();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestHost Host { get; }

    public INetworkController Controller { get; }

    public INetworkFirewall Firewall => _services.GetRequiredService<INetworkFirewall>();

    public INetworkStore Store => _services.GetRequiredService<INetworkStore>();

    /// <summary>The pools and addresses that IPAM has given out.</summary>
    public IEnumerable<string> HeldAddresses => _services.GetServices<IIpamDriver>().Cast<FaultyIpamDriver>().SelectMany(driver => driver.Held);

    public static async Task<World> CreateAsync(FaultInjector? faults = null, params INetworkDriver[] drivers)
        => new(await TestHost.CreateAsync(forwards: faults is not null), faults, drivers);

    public Task<INetwork> NetworkAsync(string name, Func<NetworkSpec, NetworkSpec>? change = null)
    {
        NetworkSpec spec = new() { Name = name, EnableIPv6 = true };
        return Controller.CreateNetworkAsync(change?.Invoke(spec) ?? spec, Cancel);
    }

    public Task<ISandbox> SandboxAsync(string container) => Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = container }, Cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (ISandbox sandbox in Controller.Sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        await _services.DisposeAsync();
        Host.Dispose();
    }
}

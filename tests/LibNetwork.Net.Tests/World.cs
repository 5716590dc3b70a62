using LibNetwork.Linux;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests;

/// <summary>A controller with all built-in drivers on a host of its own.</summary>
public sealed class World : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private World(TestHost host, IKernelObserver? observer)
    {
        Host = host;
        ServiceCollection services = new();
        services.AddLibNetwork(options =>
        {
            options.HostNamespacePath = host.NamespacePath;
            options.RunDirectory = host.RunDirectory;
            options.KernelObserver = observer;
        }).AddBridgeDriver().AddHostDriver().AddNullDriver();
        _services = services.BuildServiceProvider();
        Controller = _services.GetRequiredService<INetworkController>();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestHost Host { get; }

    public INetworkController Controller { get; }

    public static async Task<World> CreateAsync(IKernelObserver? observer = null) => new(await TestHost.CreateAsync(forwards: observer is not null), observer);

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

using LibNetwork.Stores;
using LibNetwork.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests.Fakes;

/// <summary>A controller with all built-in drivers on a fake kernel.</summary>
internal sealed class FakeWorld : IAsyncDisposable
{
    private ServiceProvider _services;

    public FakeWorld()
    {
        Kernel.AddInterface("eth0", InterfaceAddress.Parse("192.0.2.10/24"), InterfaceAddress.Parse("2001:db8::10/64"));
        _services = Start(store: null);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public FakeKernel Kernel { get; } = new();

    public INetworkController Controller => _services.GetRequiredService<INetworkController>();

    public Task<INetwork> NetworkAsync(string name, Func<NetworkSpec, NetworkSpec>? change = null)
    {
        NetworkSpec spec = new() { Name = name, EnableIPv6 = true };
        return Controller.CreateNetworkAsync(change?.Invoke(spec) ?? spec, Cancel);
    }

    public Task<ISandbox> SandboxAsync(string container) => Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = container }, Cancel);

    public async Task<RestoreReport> RestartAsync()
    {
        INetworkStore store = _services.GetRequiredService<INetworkStore>();
        await _services.DisposeAsync();
        _services = Start(store);
        return await Controller.RestoreAsync(Cancel);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private ServiceProvider Start(INetworkStore? store)
    {
        ServiceCollection services = new();
        if (store is not null)
        {
            services.AddSingleton(store);
        }

        services.AddLibNetwork().AddBridgeDriver().AddHostDriver().AddNullDriver().AddMacvlanDriver().AddIpvlanDriver().AddFakeKernel(Kernel);
        return services.BuildServiceProvider();
    }
}

using LibNetwork.Linux;
using LibNetwork.Stores;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>A host of its own with a controller whose drivers are plugins, and a plugin that answers as it is told.</summary>
public sealed class RemoteWorld : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _plugins = [];
    private ServiceProvider _services = null!;   // Start sets it

    private RemoteWorld(TestHost host)
    {
        Host = host;
        Folder = new PluginFolder();
        Controller = Start(store: null);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestHost Host { get; }

    public PluginFolder Folder { get; }

    public INetworkController Controller { get; private set; }

    public static async Task<RemoteWorld> CreateAsync() => new(await TestHost.CreateAsync(forwards: true));

    /// <summary>Ends the process's part, as a restart does, and begins anew on the same host and the same store.</summary>
    public async Task<RestoreReport> RestartAsync()
    {
        INetworkStore store = _services.GetRequiredService<INetworkStore>();
        await _services.DisposeAsync();
        Controller = Start(store);
        return await Controller.RestoreAsync(Cancel);
    }

    public Task<INetwork> NetworkAsync(string name, Func<NetworkSpec, NetworkSpec>? change = null)
    {
        NetworkSpec spec = new() { Name = name, Driver = FakePlugin.Name, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.8.0.0/24") }] };
        return Controller.CreateNetworkAsync(change?.Invoke(spec) ?? spec, Cancel);
    }

    public Task<ISandbox> SandboxAsync(string container) => Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = container }, Cancel);

    /// <summary>Ends a plugin with the world, after the last verb that it hears.</summary>
    public TPlugin Keep<TPlugin>(TPlugin plugin)
        where TPlugin : IAsyncDisposable
    {
        _plugins.Add(plugin);
        return plugin;
    }

    /// <summary>Runs <c>ip</c> on the host, or in a sandbox.</summary>
    public Task<string> IpAsync(string arguments, ISandbox? inside = null)
        => HostProgram.RunAsync(Host, inside is null ? $"ip {arguments}" : $"nsenter --net={inside.NamespacePath} ip {arguments}");

    public async ValueTask DisposeAsync()
    {
        foreach (ISandbox sandbox in Controller.Sandboxes)
        {
            await sandbox.DeleteAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        foreach (IAsyncDisposable plugin in _plugins)
        {
            await plugin.DisposeAsync();
        }

        await Folder.DisposeAsync();
        Host.Dispose();
    }

    private INetworkController Start(INetworkStore? store)
    {
        ServiceCollection services = new();
        services.AddLibNetwork(options =>
        {
            options.HostNamespacePath = Host.NamespacePath;
            options.RunDirectory = Host.RunDirectory;
        }).AddRemoteDrivers(Folder.Configure);
        if (store is not null)
        {
            services.AddSingleton(store);
        }

        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<INetworkController>();
    }
}

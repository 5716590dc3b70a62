using LibNetwork.Drivers;
using LibNetwork.Drivers.Remote;
using LibNetwork.Ipam;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>Folders in which plugins are looked for, and who looks. Disposing removes them.</summary>
public sealed class PluginFolder : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-plugins-").FullName;
    private readonly List<ServiceProvider> _services = [];

    public PluginFolder()
    {
        Sockets = Directory.CreateDirectory(Path.Combine(_folder, "sockets")).FullName;
        Specs = Directory.CreateDirectory(Path.Combine(_folder, "specs")).FullName;
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Sockets { get; }

    public string Specs { get; }

    public string FakeSocket => Path.Combine(Sockets, FakePlugin.Name + ".sock");

    /// <summary>Starts a plugin of the name <see cref="FakePlugin.Name"/>.</summary>
    public FakePlugin Start() => FakePlugin.At(FakeSocket);

    /// <summary>Looks in these folders, once unless it is told to wait.</summary>
    public IDriverSource Open(Action<RemoteDriverOptions>? configure = null, TimeProvider? time = null)
    {
        ServiceCollection services = new();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddLibNetwork().AddRemoteDrivers(options =>
        {
            Configure(options);
            configure?.Invoke(options);
        });
        ServiceProvider provider = services.BuildServiceProvider();
        _services.Add(provider);
        return provider.GetRequiredService<IDriverSource>();
    }

    public void Configure(RemoteDriverOptions options)
    {
        options.SocketFolders = [Sockets];
        options.SpecFolders = [Specs];
        options.Patience = TimeSpan.Zero;
    }

    public async Task<INetworkDriver> NetworkDriverAsync(Action<RemoteDriverOptions>? configure = null)
        => await Open(configure).FindNetworkDriverAsync(FakePlugin.Name, Cancel) ?? throw new InvalidOperationException("There is no such plugin.");

    public async Task<IIpamDriver> IpamDriverAsync(Action<RemoteDriverOptions>? configure = null)
        => await Open(configure).FindIpamDriverAsync(FakePlugin.Name, Cancel) ?? throw new InvalidOperationException("There is no such plugin.");

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProvider provider in _services)
        {
            await provider.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

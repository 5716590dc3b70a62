using LibNetwork.Drivers;
using LibNetwork.Ipam;
using LibNetwork.Plugins;
using LibNetwork.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>Drivers that are served as a plugin, by the library's own server, at a socket.</summary>
public sealed class PluginServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private PluginServer(WebApplication application, string socketPath)
    {
        _application = application;
        SocketPath = socketPath;
    }

    public string SocketPath { get; }

    public IServiceProvider Services => _application.Services;

    /// <summary>Starts a server.</summary>
    /// <param name="socketPath">Where it listens; the file's name is the plugin's.</param>
    /// <param name="register">What is registered besides.</param>
    /// <param name="network">The network driver; without one the first that is registered, if there is one.</param>
    /// <param name="ipam">The IPAM driver; without one the registered default, if there is one.</param>
    /// <param name="hostPath">The host's namespace.</param>
    /// <param name="store">What outlives the server.</param>
    public static async Task<PluginServer> StartAsync(
        string socketPath, Action<IServiceCollection>? register = null, INetworkDriver? network = null, IIpamDriver? ipam = null, string? hostPath = null,
        INetworkStore? store = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ListenOnDockerPluginSocket(socketPath);
        if (store is not null)
        {
            builder.Services.AddSingleton(_ => new KeptStore(store)).AddSingleton<INetworkStore>(static provider => provider.GetRequiredService<KeptStore>());
        }

        register?.Invoke(builder.Services);
        WebApplication application = builder.Build();
        DockerPluginOptions options = new() { HostNamespacePath = hostPath };
        network ??= application.Services.GetServices<INetworkDriver>().FirstOrDefault();
        ipam ??= application.Services.GetServices<IIpamDriver>().FirstOrDefault(static driver => driver.Name == "default");
        if (network is not null)
        {
            application.MapDockerNetworkPlugin(network, options);
        }

        if (ipam is not null)
        {
            application.MapDockerIpamPlugin(ipam, options);
        }

        try
        {
            await application.StartAsync(TestContext.Current.CancellationToken);
            return new PluginServer(application, socketPath);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    /// <summary>A store that a server does not dispose.</summary>
    private sealed class KeptStore(INetworkStore store) : INetworkStore
    {
        public ValueTask<StoreEntry?> GetAsync(string key, CancellationToken cancellationToken = default) => store.GetAsync(key, cancellationToken);

        public ValueTask<IReadOnlyList<StoreEntry>> ListAsync(string prefix, CancellationToken cancellationToken = default) => store.ListAsync(prefix, cancellationToken);

        public ValueTask<long?> TryCommitAsync(StoreTransaction transaction, CancellationToken cancellationToken = default)
            => store.TryCommitAsync(transaction, cancellationToken);

        public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long revision, CancellationToken cancellationToken = default)
            => store.WatchAsync(prefix, revision, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

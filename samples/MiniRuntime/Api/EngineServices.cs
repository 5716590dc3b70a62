using LibNetwork;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>The engine and the library below it.</summary>
internal static class EngineServices
{
    // Other clients that create networks wait as long: a wrong name is more likely than a plugin that is just starting.
    private static readonly TimeSpan PluginPatience = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddEngine(this IServiceCollection services, ServeOptions options)
    {
        services.AddLibNetwork(library =>
            {
                library.HostNamespacePath = options.HostNamespacePath;
                library.RunDirectory = Path.Combine(options.StateFolder, "run");
                library.Reconcile = true;
            })
            .AddBridgeDriver()
            .AddHostDriver()
            .AddNullDriver()
            .AddMacvlanDriver()
            .AddIpvlanDriver()
            .AddRemoteDrivers(remote =>
            {
                remote.Patience = PluginPatience;
                remote.SocketFolders = options.PluginFolder is { } folder ? [folder] : remote.SocketFolders;
            })
            .AddSqliteStore(Path.Combine(options.StateFolder, "networks.db"));   // networks live as long as it remembers them
        return services.AddSingleton(provider => new RuntimeEngine(
            provider.GetRequiredService<INetworkController>(), options.StateFolder, provider.GetRequiredService<TimeProvider>())
        {
            Logger = provider.GetRequiredService<ILogger<RuntimeEngine>>(),
        });
    }
}

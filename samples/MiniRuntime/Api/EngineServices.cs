using LibNetwork;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>The engine and the library below it.</summary>
internal static class EngineServices
{
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
            .AddRemoteDrivers()
            .AddSqliteStore(Path.Combine(options.StateFolder, "networks.db"));   // networks live as long as it remembers them
        return services.AddSingleton(provider => new RuntimeEngine(
            provider.GetRequiredService<INetworkController>(), options.StateFolder, provider.GetRequiredService<TimeProvider>())
        {
            Logger = provider.GetRequiredService<ILogger<RuntimeEngine>>(),
        });
    }
}

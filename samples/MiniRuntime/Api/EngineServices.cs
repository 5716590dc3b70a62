using System.Net.Sockets;
using LibNetwork;
using LibNetwork.Linux.Namespaces;
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
        ILibNetworkBuilder library = services.AddLibNetwork(library =>
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
        if (options.Cluster is { } cluster)
        {
            AddCluster(library, cluster, options.HostNamespacePath);
        }

        return services.AddSingleton(provider => new RuntimeEngine(
            provider.GetRequiredService<INetworkController>(), options.StateFolder, provider.GetRequiredService<TimeProvider>())
        {
            Logger = provider.GetRequiredService<ILogger<RuntimeEngine>>(),
        });
    }

    private static void AddCluster(ILibNetworkBuilder library, ClusterMembership cluster, string? hostNamespacePath)
    {
        library.AddEtcdStore(etcd =>
            {
                etcd.Endpoints = cluster.Endpoints;
                etcd.OpenSocket = hostNamespacePath is null ? null : family => OpenSocket(hostNamespacePath, family);
            })
            .AddOverlayDriver(overlay => overlay.AdvertiseAddress = cluster.Advertise)
            .AddCluster(node => (node.NodeName, node.AdvertiseAddress) = (cluster.NodeName, cluster.Advertise));
    }

    /// <summary>etcd is reached from the host that the engine serves.</summary>
    private static Socket OpenSocket(string hostNamespacePath, AddressFamily family)
    {
        using NetworkNamespace host = NetworkNamespace.Open(hostNamespacePath);
        return host.OpenSocket(family, SocketType.Stream, ProtocolType.Tcp);
    }
}

using LibNetwork;
using LibNetwork.Cluster;
using LibNetwork.Ipam;
using LibNetwork.Overlay;
using LibNetwork.Stores;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes a host a node of a cluster.</summary>
public static class ClusterBuilderExtensions
{
    /// <summary>
    /// Adds an <see cref="IClusterNode"/>, and makes the global address space of the built-in IPAM one that all nodes share, and networks whose
    /// driver's data reaches all hosts (<see cref="NetworkScope.Global"/>) networks of all nodes: created on one, they are on each. Their joined endpoints
    /// are known to all nodes that take part in the network: by name, and to its driver, as are the keys of encrypted networks. The node joins when it is told to, when it is first needed, or
    /// when a controller restores what an earlier process left.
    /// </summary>
    /// <remarks>Needs an <see cref="ILeasingStore"/> that the hosts share; resolving the node says so when there is none.</remarks>
    /// <param name="builder">The controller's registration.</param>
    /// <param name="configure">Says what this host is in the cluster.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static ILibNetworkBuilder AddCluster(this ILibNetworkBuilder builder, Action<ClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<ClusterOptions>().Configure(configure ?? (static _ => { }));
        builder.Services.TryAddSingleton(static provider => new ClusterNode(
            Shared(provider),
            provider.GetRequiredService<INetworkStore>(),
            provider.GetRequiredService<IOptions<ClusterOptions>>().Value,
            provider.GetRequiredService<ILogger<ClusterNode>>(),
            provider.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddSingleton<IClusterNode>(static provider => provider.GetRequiredService<ClusterNode>());
        builder.Services.TryAddSingleton(static provider => new SharedAddresses(
            DefaultIpamDriver.GlobalSpace,
            provider.GetRequiredService<ClusterNode>(),
            Shared(provider),
            provider.GetRequiredService<ILogger<SharedAddresses>>(),
            provider.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddSingleton(static provider => new ClusterEndpoints(
            provider.GetRequiredService<ClusterNode>(),
            Shared(provider),
            provider.GetService<IOverlayKeys>(),
            provider.GetRequiredService<ILogger<ClusterEndpoints>>(),
            provider.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddSingleton(static provider => new ClusterNetworks(
            provider.GetRequiredService<ClusterNode>(),
            Shared(provider),
            provider.GetRequiredService<SharedAddresses>(),
            provider.GetRequiredService<ILogger<ClusterNetworks>>(),
            provider.GetRequiredService<TimeProvider>()));
        return builder;
    }

    private static ILeasingStore Shared(IServiceProvider provider)
        => provider.GetService<ILeasingStore>() ?? throw new NetworkException(
            NetworkErrorKind.NotSupported, "cluster", "there is no store that hosts share")
        {
            Remedy = $"register an {nameof(ILeasingStore)}, for example with AddEtcdStore of LibNetwork.Net.Store.Etcd",
        };
}

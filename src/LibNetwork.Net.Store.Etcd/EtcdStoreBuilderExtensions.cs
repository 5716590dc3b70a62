using LibNetwork;
using LibNetwork.Stores;
using LibNetwork.Stores.Etcd;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the store that hosts share.</summary>
public static class EtcdStoreBuilderExtensions
{
    /// <summary>Makes etcd the <see cref="ILeasingStore"/>: what hosts share. What is a host's own stays in its own store.</summary>
    /// <param name="builder">The controller's registration.</param>
    /// <param name="configure">Says where etcd is.</param>
    public static ILibNetworkBuilder AddEtcdStore(this ILibNetworkBuilder builder, Action<EtcdStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<EtcdStoreOptions>().Configure(configure ?? (static _ => { }));
        builder.Services.Replace(ServiceDescriptor.Singleton<ILeasingStore>(provider => EtcdNetworkStore.Open(
            provider.GetRequiredService<IOptions<EtcdStoreOptions>>().Value,
            provider.GetRequiredService<ILogger<EtcdNetworkStore>>(),
            provider.GetRequiredService<TimeProvider>())));
        return builder;
    }
}

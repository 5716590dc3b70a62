using LibNetwork;
using LibNetwork.Cluster;
using LibNetwork.Controller;
using LibNetwork.Firewall;
using LibNetwork.Ipam;
using LibNetwork.Linux;
using LibNetwork.Linux.Substitution;
using LibNetwork.Publishing;
using LibNetwork.Stores;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a network controller.</summary>
public static class LibNetworkServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="INetworkController"/> with the built-in IPAM, firewall and in-memory store; drivers are added to the result.</summary>
    /// <remarks>What is registered already wins; a second call only adds its settings.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static ILibNetworkBuilder AddLibNetwork(this IServiceCollection services, Action<LibNetworkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<LibNetworkOptions>().Configure(configure ?? (static _ => { }));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAdd(ServiceDescriptor.Singleton(typeof(ILogger<>), typeof(NullLogger<>)));
        services.TryAddSingleton(static provider =>
        {
            LibNetworkOptions options = provider.GetRequiredService<IOptions<LibNetworkOptions>>().Value;
            try
            {
                return HostKernel.Open(new HostKernelOptions
                {
                    NamespacePath = options.HostNamespacePath,
                    Observer = options.KernelObserver,
                    Substitute = provider.GetService<IKernelSubstitute>(),
                });
            }
            catch (KernelException refused)
            {
                throw KernelErrors.OfHost(options.HostNamespacePath, refused);
            }
        });
        services.TryAddSingleton<INetworkStore, InMemoryNetworkStore>();
        services.TryAddSingleton<INetworkFirewall>(static provider =>
        {
            LibNetworkOptions options = provider.GetRequiredService<IOptions<LibNetworkOptions>>().Value;
            return new NftFirewall(
                provider.GetRequiredService<HostKernel>(), provider.GetRequiredService<TimeProvider>(), options.Firewall, options.ForeignFirewall);
        });
        services.TryAddSingleton<IPortPublisher>(static provider => new PortPublisher(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<INetworkFirewall>(),
            provider.GetRequiredService<IOptions<LibNetworkOptions>>().Value.HoldPorts,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PortPublisher>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IIpamDriver, DefaultIpamDriver>(static provider =>
            new DefaultIpamDriver(
                provider.GetRequiredService<IOptions<LibNetworkOptions>>().Value.DefaultPools, provider.GetRequiredService<TimeProvider>(),
                provider.GetService<SharedAddresses>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IIpamDriver, NullIpamDriver>(static _ => new NullIpamDriver()));
        services.TryAddSingleton<INetworkController>(static provider => new NetworkController(
            provider.GetRequiredService<HostKernel>(),
            provider.GetServices<LibNetwork.Drivers.INetworkDriver>(),
            provider.GetServices<IIpamDriver>(),
            provider.GetRequiredService<INetworkStore>(),
            provider.GetRequiredService<INetworkFirewall>(),
            provider.GetRequiredService<IOptions<LibNetworkOptions>>().Value,
            provider.GetRequiredService<ILogger<NetworkController>>(),
            provider.GetRequiredService<TimeProvider>())
        {
            DriverSources = [.. provider.GetServices<LibNetwork.Drivers.IDriverSource>()],
            Cluster = provider.GetService<ClusterEndpoints>(),
            ClusterNetworks = provider.GetService<ClusterNetworks>(),
        });
        return new LibNetworkBuilder(services);
    }

    private sealed class LibNetworkBuilder(IServiceCollection services) : ILibNetworkBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}

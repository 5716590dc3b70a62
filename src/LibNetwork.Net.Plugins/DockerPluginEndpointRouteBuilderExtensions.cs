using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Ipam;
using LibNetwork.Plugins;
using LibNetwork.Plugins.Protocol;
using LibNetwork.Stores;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Offers drivers as Docker plugins.</summary>
/// <remarks>
/// One network driver and one IPAM driver can be at one address; Docker knows both by the address's name. With a store among the services that
/// outlives the process, what Docker asked for is there again after a restart; Docker does not ask twice.
/// </remarks>
public static class DockerPluginEndpointRouteBuilderExtensions
{
    /// <summary>Offers the registered network driver <c>bridge</c>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>: it is not registered.</exception>
    public static IEndpointRouteBuilder MapDockerNetworkPlugin(this IEndpointRouteBuilder endpoints) => endpoints.MapDockerNetworkPlugin(new DockerPluginOptions());

    /// <summary>Offers a registered network driver, <c>bridge</c> unless the options name another.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>: it is not registered.</exception>
    public static IEndpointRouteBuilder MapDockerNetworkPlugin(this IEndpointRouteBuilder endpoints, DockerPluginOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(options);
        string name = options.DriverName ?? "bridge";
        return endpoints.MapDockerNetworkPlugin(
            endpoints.ServiceProvider.GetServices<INetworkDriver>().FirstOrDefault(driver => driver.Name == name) ?? throw NetworkException.NotFound($"network driver \"{name}\""), options);
    }

    /// <summary>Offers a network driver.</summary>
    /// <exception cref="LibNetwork.Linux.KernelException">The host's namespace cannot be opened.</exception>
    public static IEndpointRouteBuilder MapDockerNetworkPlugin(this IEndpointRouteBuilder endpoints, INetworkDriver driver, DockerPluginOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentNullException.ThrowIfNull(options);
        ILogger logger = LoggerOf(endpoints);
        NetworkPlugin plugin = new(driver, RecordsOf(endpoints, PluginVerbs.NetworkDriver, options.RecordName ?? driver.Name), options.HostNamespacePath, logger);
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(plugin.Dispose);
        PluginRoutes routes = new(endpoints, PluginVerbs.NetworkDriver, options.MaxRequestBytes, new PluginStart(plugin.RestoreAsync).EnsureAsync, logger);
        routes.MapActivation(order: 0);
        plugin.Map(routes);
        return endpoints;
    }

    /// <summary>Offers the registered IPAM driver <c>default</c>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>: it is not registered.</exception>
    public static IEndpointRouteBuilder MapDockerIpamPlugin(this IEndpointRouteBuilder endpoints) => endpoints.MapDockerIpamPlugin(new DockerPluginOptions());

    /// <summary>Offers a registered IPAM driver, <c>default</c> unless the options name another.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>: it is not registered.</exception>
    public static IEndpointRouteBuilder MapDockerIpamPlugin(this IEndpointRouteBuilder endpoints, DockerPluginOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(options);
        string name = options.DriverName ?? "default";
        return endpoints.MapDockerIpamPlugin(
            endpoints.ServiceProvider.GetServices<IIpamDriver>().FirstOrDefault(driver => driver.Name == name) ?? throw NetworkException.NotFound($"IPAM driver \"{name}\""), options);
    }

    /// <summary>Offers an IPAM driver.</summary>
    public static IEndpointRouteBuilder MapDockerIpamPlugin(this IEndpointRouteBuilder endpoints, IIpamDriver driver, DockerPluginOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentNullException.ThrowIfNull(options);
        ILogger logger = LoggerOf(endpoints);
        IpamPlugin plugin = new(driver, RecordsOf(endpoints, PluginVerbs.IpamDriver, options.RecordName ?? driver.Name), logger);
        PluginRoutes routes = new(endpoints, PluginVerbs.IpamDriver, options.MaxRequestBytes, new PluginStart(plugin.RestoreAsync).EnsureAsync, logger);
        routes.MapActivation(order: 1);
        plugin.Map(routes);
        return endpoints;
    }

    private static PluginRecords RecordsOf(IEndpointRouteBuilder endpoints, string kind, string name)
        => new(endpoints.ServiceProvider.GetService<INetworkStore>(), kind, name);

    private static ILogger LoggerOf(IEndpointRouteBuilder endpoints) => endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("LibNetwork.Plugins");
}

using LibNetwork;
using LibNetwork.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the controller part of a .NET host.</summary>
public static class LibNetworkHostingExtensions
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheckName = "libnetwork";

    /// <summary>
    /// Takes up what an earlier process left when the host starts, before any other service does, so that whoever uses the controller finds
    /// everything. A second call changes nothing.
    /// </summary>
    /// <remarks>
    /// The host does not start when the store cannot be read or the firewall cannot be put in place. What else cannot be taken up is in the
    /// log and in the health check. Without a host, <see cref="INetworkController.RestoreAsync"/> does the same.
    /// </remarks>
    /// <param name="builder">The controller's registration.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static ILibNetworkBuilder AddRestoreAtStart(this ILibNetworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<RestoreAtStart>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RestoreAtStart>(
            static provider => provider.GetRequiredService<RestoreAtStart>()));
        return builder;
    }

    /// <summary>
    /// Adds the health check <see cref="HealthCheckName"/>: unhealthy until what was kept is taken up, degraded when some of it could not be.
    /// It needs <see cref="AddRestoreAtStart"/>.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    public static IHealthChecksBuilder AddLibNetwork(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<RestoreHealthCheck>(HealthCheckName);
    }
}

using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Remote;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers drivers in other processes.</summary>
public static class RemoteDriverBuilderExtensions
{
    /// <summary>
    /// Lets networks name drivers and IPAM drivers that are Docker plugins: a name that no registered driver has is looked up when it is first
    /// used. A second call adds only its settings.
    /// </summary>
    /// <param name="builder">The controller that is being registered.</param>
    /// <param name="configure">Changes the settings.</param>
    public static ILibNetworkBuilder AddRemoteDrivers(this ILibNetworkBuilder builder, Action<RemoteDriverOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        OptionsBuilder<RemoteDriverOptions> options = builder.Services.AddOptions<RemoteDriverOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RemoteDriverOptions>, RemoteDriverOptionsValidator>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IDriverSource, PluginSource>());
        return builder;
    }
}

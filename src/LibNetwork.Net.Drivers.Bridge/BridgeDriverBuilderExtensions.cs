using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Bridge;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Publishing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the bridge driver.</summary>
public static class BridgeDriverBuilderExtensions
{
    /// <summary>Adds the <c>bridge</c> driver: one Linux bridge per network, a cable per endpoint. A second call adds only its settings.</summary>
    /// <param name="builder">The controller that is being registered.</param>
    /// <param name="configure">Changes the driver's settings.</param>
    public static ILibNetworkBuilder AddBridgeDriver(this ILibNetworkBuilder builder, Action<BridgeDriverOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        OptionsBuilder<BridgeDriverOptions> options = builder.Services.AddOptions<BridgeDriverOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BridgeDriverOptions>, BridgeDriverOptionsValidator>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkDriver, BridgeDriver>(static provider => new BridgeDriver(
            provider.GetRequiredService<HostKernel>(),
            provider.GetRequiredService<INetworkFirewall>(),
            provider.GetRequiredService<IPortPublisher>(),
            provider.GetRequiredService<IOptions<BridgeDriverOptions>>(),
            provider.GetRequiredService<ILogger<BridgeDriver>>(),
            provider.GetRequiredService<TimeProvider>())));
        return builder;
    }
}

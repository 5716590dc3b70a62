using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Overlay;
using LibNetwork.Overlay;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the overlay driver.</summary>
public static class OverlayDriverBuilderExtensions
{
    /// <summary>
    /// Adds the <c>overlay</c> driver: networks that span hosts, by VXLAN between them, <see cref="IOverlayPeers"/> to tell it who is on the others,
    /// <see cref="IOverlayKeys"/> for the keys of encrypted networks, and <see cref="IOverlayDiagnosis"/> to try the ways there.
    /// A second call adds only its settings.
    /// </summary>
    /// <param name="builder">The controller that is being registered.</param>
    /// <param name="configure">Changes the driver's settings; <see cref="OverlayDriverOptions.AdvertiseAddress"/> must be set.</param>
    public static ILibNetworkBuilder AddOverlayDriver(this ILibNetworkBuilder builder, Action<OverlayDriverOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<OverlayDriverOptions>().ValidateOnStart().Configure(configure);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OverlayDriverOptions>, OverlayDriverOptionsValidator>());
        builder.Services.TryAddSingleton<OverlayDriver>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkDriver, OverlayDriver>(static services => services.GetRequiredService<OverlayDriver>()));
        builder.Services.TryAddSingleton<IOverlayPeers>(static services => services.GetRequiredService<OverlayDriver>());
        builder.Services.TryAddSingleton<IOverlayKeys>(static services => services.GetRequiredService<OverlayDriver>().Encryption);
        builder.Services.TryAddSingleton<IOverlayDiagnosis>(static services => services.GetRequiredService<OverlayDriver>());
        return builder;
    }
}

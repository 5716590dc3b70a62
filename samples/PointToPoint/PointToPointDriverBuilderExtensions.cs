using LibNetwork;
using LibNetwork.Drivers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace PointToPoint;

/// <summary>Registers the point-to-point driver.</summary>
public static class PointToPointDriverBuilderExtensions
{
    /// <summary>Adds the <c>ptp</c> driver. A second call changes nothing.</summary>
    public static ILibNetworkBuilder AddPointToPointDriver(this ILibNetworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkDriver, PointToPointDriver>());
        return builder;
    }
}

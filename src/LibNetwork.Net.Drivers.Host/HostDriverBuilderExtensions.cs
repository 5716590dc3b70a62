using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Host;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the drivers that build nothing.</summary>
public static class HostDriverBuilderExtensions
{
    /// <summary>Adds the <c>host</c> driver: sandboxes in the host's own network namespace. A second call changes nothing.</summary>
    public static ILibNetworkBuilder AddHostDriver(this ILibNetworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkDriver, HostDriver>());
        return builder;
    }

    /// <summary>Adds the <c>null</c> driver: sandboxes with a loopback interface only. A second call changes nothing.</summary>
    public static ILibNetworkBuilder AddNullDriver(this ILibNetworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkDriver, NullDriver>());
        return builder;
    }
}

using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Macvlan;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the macvlan driver.</summary>
public static class MacvlanDriverBuilderExtensions
{
    /// <summary>Adds the <c>macvlan</c> driver: sandboxes on the wire of one of the host's interfaces. A second call changes nothing.</summary>
    public static ILibNetworkBuilder AddMacvlanDriver(this ILibNetworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkDriver, MacvlanDriver>());
        return builder;
    }
}

using LibNetwork;
using LibNetwork.Drivers;
using LibNetwork.Drivers.Ipvlan;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the ipvlan driver.</summary>
public static class IpvlanDriverBuilderExtensions
{
    /// <summary>Adds the <c>ipvlan</c> driver: sandboxes on the wire of one of the host's interfaces, with its hardware address. A second call changes nothing.</summary>
    public static ILibNetworkBuilder AddIpvlanDriver(this ILibNetworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<INetworkDriver, IpvlanDriver>());
        return builder;
    }
}

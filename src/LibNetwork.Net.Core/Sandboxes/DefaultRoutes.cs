using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Sandboxes;

/// <summary>Where a sandbox's default routes lead.</summary>
/// <param name="InterfaceIPv4">The interface of the IPv4 default route; <see langword="null"/> for none.</param>
/// <param name="GatewayIPv4">The router; <see langword="null"/> when the interface itself is the way out.</param>
/// <param name="InterfaceIPv6">The interface of the IPv6 default route; <see langword="null"/> for none.</param>
/// <param name="GatewayIPv6">The router; <see langword="null"/> when the interface itself is the way out.</param>
internal sealed record DefaultRoutes(string? InterfaceIPv4, IPAddress? GatewayIPv4, string? InterfaceIPv6, IPAddress? GatewayIPv6)
{
    public static DefaultRoutes None { get; } = new(null, null, null, null);

    /// <summary>The default route of a family by an interface.</summary>
    public static RouteSpec By(AddressFamily family, int index, IPAddress? gateway) => new()
    {
        Destination = new IPNetwork(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0),
        Gateway = gateway,
        OutputInterface = index,
        Scope = gateway is null && family == AddressFamily.InterNetwork ? RouteScope.Link : RouteScope.Universe,
    };

    /// <summary>These routes without those that go by themselves with their interface, because nothing takes their place.</summary>
    public DefaultRoutes WithoutThoseOf(string? goingInterface, DefaultRoutes next) => new(
        InterfaceIPv4 == goingInterface && next.InterfaceIPv4 is null ? null : InterfaceIPv4,
        InterfaceIPv4 == goingInterface && next.InterfaceIPv4 is null ? null : GatewayIPv4,
        InterfaceIPv6 == goingInterface && next.InterfaceIPv6 is null ? null : InterfaceIPv6,
        InterfaceIPv6 == goingInterface && next.InterfaceIPv6 is null ? null : GatewayIPv6);
}

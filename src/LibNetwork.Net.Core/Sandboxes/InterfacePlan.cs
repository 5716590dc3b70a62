using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Sandboxes;

/// <summary>All that is to be done inside a sandbox for one interface.</summary>
internal sealed record InterfacePlan
{
    /// <summary>The final name.</summary>
    public required string Name { get; init; }

    /// <summary>The interface's name in the host's namespace, when it must be moved in; otherwise it is inside already.</summary>
    public string? MoveFrom { get; init; }

    /// <summary>The MAC address; it is set on an interface that is moved in.</summary>
    public MacAddress? MacAddress { get; init; }

    public InterfaceAddress? IPv4 { get; init; }

    public InterfaceAddress? IPv6 { get; init; }

    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; init; } = [];

    /// <summary>Whether the interface need not look for duplicates of its link-local address.</summary>
    public bool OwnsSegment { get; init; }

    /// <summary>Kernel parameters as path below <c>/proc/sys</c> and value.</summary>
    public IReadOnlyList<(string Key, string Value)> Sysctls { get; init; } = [];

    public IReadOnlyList<Drivers.SandboxRoute> Routes { get; init; } = [];

    /// <summary>Interfaces of the host that must have carrier before the first packet can pass.</summary>
    public IReadOnlyList<InterfaceName> HostInterfaces { get; init; } = [];

    /// <summary>Whether the interface has an IPv6 address.</summary>
    public bool HasIPv6 => IPv6 is not null || LinkLocalAddresses.Any(address => address.AddressFamily == AddressFamily.InterNetworkV6);

    /// <summary>The link-local address that follows from the MAC address, where it needs no search for duplicates.</summary>
    public IPAddress? OwnLinkLocal => HasIPv6 && OwnsSegment ? MacAddress?.ToLinkLocalAddress() : null;

    /// <summary>All addresses of the interface.</summary>
    public IEnumerable<(IPAddress Address, int PrefixLength)> Addresses
    {
        get
        {
            const int LinkLocalPrefixIPv4 = 16, LinkLocalPrefixIPv6 = 64;
            foreach (InterfaceAddress address in new[] { IPv4, IPv6 }.OfType<InterfaceAddress>())
            {
                yield return (address.Address, address.PrefixLength);
            }

            IEnumerable<IPAddress> own = OwnLinkLocal is not { } made || LinkLocalAddresses.Contains(made) ? [] : [made];
            foreach (IPAddress address in LinkLocalAddresses.Concat(own))
            {
                yield return (address, address.AddressFamily == AddressFamily.InterNetwork ? LinkLocalPrefixIPv4 : LinkLocalPrefixIPv6);
            }
        }
    }

    /// <summary>The routes by the interface: its driver's, and the default routes that lead over it.</summary>
    public IEnumerable<RouteSpec> RoutesBy(int index, DefaultRoutes defaults)
    {
        foreach (Drivers.SandboxRoute route in Routes)
        {
            yield return new RouteSpec
            {
                Destination = route.Destination.ToIPNetwork(),
                Gateway = route.NextHop,
                OutputInterface = index,
                Scope = route.NextHop is null ? RouteScope.Link : RouteScope.Universe,
            };
        }

        if (defaults.InterfaceIPv4 == Name)
        {
            yield return DefaultRoutes.By(AddressFamily.InterNetwork, index, defaults.GatewayIPv4);
        }

        if (defaults.InterfaceIPv6 == Name && HasIPv6)
        {
            yield return DefaultRoutes.By(AddressFamily.InterNetworkV6, index, defaults.GatewayIPv6);
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Turns a request into a network, or says what is wrong with it, before anything is touched.</summary>
internal static class BridgeNetworkPlan
{
    public const string DefaultBridgeName = "docker0";
    private const int IdDigitsInName = 12;
    private const int MinMtuIPv6 = 1280;   // RFC 8200; the kernel turns IPv6 off on a link with less

    private static readonly Subnet LinkLocal = Subnet.Parse("fe80::/64");
    private static readonly Subnet Multicast = Subnet.Parse("ff00::/8");

    public static BridgeNetwork Of(DriverNetworkRequest request, BridgeDriverOptions driverOptions)
    {
        string subject = $"network \"{request.Name}\"";
        BridgeNetworkOptions options = BridgeNetworkOptions.Parse(subject, request.Internal, request.Options);
        bool hasIPv4 = options.EnableIPv4 ?? request.EnableIPv4;
        bool hasIPv6 = options.EnableIPv6 ?? request.EnableIPv6;
        if (!hasIPv4 && !hasIPv6)
        {
            throw NetworkException.InvalidArgument(subject, nameof(request.EnableIPv4), "and EnableIPv6 are both off");
        }

        int? mtu = options.Mtu ?? driverOptions.Mtu;
        if (hasIPv6 && mtu < MinMtuIPv6)
        {
            throw NetworkException.InvalidArgument(subject, NetworkLabels.Mtu, $"is {mtu}, but IPv6 needs at least {MinMtuIPv6}");
        }

        return new BridgeNetwork
        {
            Id = request.Id,
            Name = request.Name,
            Options = options,
            BridgeName = options.BridgeName ?? DefaultName(request.Id, options),
            Mtu = (uint?)mtu,
            IPv4 = hasIPv4 ? PlanIPv4(subject, request, options) : null,
            IPv6 = hasIPv6 ? PlanIPv6(subject, request, options) : null,
        };
    }

    private static InterfaceName DefaultName(NetworkId id, BridgeNetworkOptions options)
    {
        if (options.IsDefaultBridge)
        {
            return new InterfaceName(DefaultBridgeName);
        }

        return DefaultName(id);
    }

    /// <summary>What a network's bridge is called unless somebody says otherwise.</summary>
    public static InterfaceName DefaultName(NetworkId id)
    {
        string value = id.Value;
        return new InterfaceName("br-" + (value.Length > IdDigitsInName ? value[..IdDigitsInName] : value), nameof(DriverNetworkRequest.Id));
    }

    private static BridgeFamily PlanIPv4(string subject, DriverNetworkRequest request, BridgeNetworkOptions options)
    {
        NetworkPool pool = OnlyPool(subject, request, AddressFamily.InterNetwork, "IPv4");
        bool hasAddress = options.GatewayModeIPv4 != GatewayMode.Isolated && !options.InhibitIPv4;
        return Plan(subject, pool, options.GatewayModeIPv4, hasAddress, options.Internal, BridgeLabels.DefaultGatewayIPv4);
    }

    private static BridgeFamily PlanIPv6(string subject, DriverNetworkRequest request, BridgeNetworkOptions options)
    {
        NetworkPool pool = OnlyPool(subject, request, AddressFamily.InterNetworkV6, "IPv6");
        if (Multicast.Overlaps(pool.Subnet))
        {
            throw NetworkException.InvalidArgument(subject, nameof(pool.Subnet), $"{pool.Subnet} has multicast addresses");
        }

        // Every link has fe80::/64; a part of it, or more than it, would take the link-local route away from other links.
        if (pool.Subnet != LinkLocal && pool.Subnet.Overlaps(LinkLocal))
        {
            throw NetworkException.InvalidArgument(subject, nameof(pool.Subnet), $"{pool.Subnet} overlaps {LinkLocal} but is not the same");
        }

        bool hasAddress = options.GatewayModeIPv6 != GatewayMode.Isolated;
        return Plan(subject, pool, options.GatewayModeIPv6, hasAddress, options.Internal, BridgeLabels.DefaultGatewayIPv6);
    }

    private static BridgeFamily Plan(
        string subject, NetworkPool pool, GatewayMode mode, bool hasAddress, bool isInternal, string defaultGatewayName)
    {
        if (pool.Gateway is not null && !pool.Subnet.Contains(pool.Gateway))
        {
            throw NetworkException.InvalidArgument(subject, nameof(pool.Gateway), $"{pool.Gateway} is not in {pool.Subnet}");
        }

        IPAddress? offered = isInternal ? null : pool.Gateway;
        if (pool.Reserved.TryGetValue(defaultGatewayName, out IPAddress? chosen))
        {
            if (isInternal)
            {
                throw NetworkException.InvalidArgument(subject, defaultGatewayName, "makes no sense on an internal network");
            }

            offered = pool.Subnet.Contains(chosen)
                ? chosen
                : throw NetworkException.InvalidArgument(subject, defaultGatewayName, $"{chosen} is not in {pool.Subnet}");
        }

        InterfaceAddress? own = hasAddress && pool.Gateway is not null ? new InterfaceAddress(pool.Gateway, pool.Subnet.PrefixLength) : null;
        return new BridgeFamily(pool.Subnet, own, offered, mode);
    }

    private static NetworkPool OnlyPool(string subject, DriverNetworkRequest request, AddressFamily family, string familyName)
    {
        NetworkPool? found = null;
        foreach (NetworkPool pool in request.Pools)
        {
            if (pool.Subnet.Family != family)
            {
                continue;
            }

            if (found is not null)
            {
                throw NetworkException.InvalidArgument(
                    subject, nameof(request.Pools), $"has two {familyName} subnets, {found.Subnet} and {pool.Subnet}; a bridge takes one per family");
            }

            found = pool;
        }

        if (found is null)
        {
            throw NetworkException.InvalidArgument(subject, nameof(request.Pools), $"has no {familyName} subnet");
        }

        return found.Subnet.PrefixLength == 0
            ? throw NetworkException.InvalidArgument(subject, nameof(request.Pools), $"has an {familyName} pool that is not usable: pool is empty ({found.Subnet})")
            : found;
    }
}

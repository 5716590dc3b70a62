using System.Globalization;
using System.Net.Sockets;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Drivers.Bridge;

namespace LibNetwork.Cni.Attachments;

/// <summary>Turns a configuration into a network of the library.</summary>
internal static class NetworkPlan
{
    // What a start puts on record from the kernel alone, because the store was damaged, does not have it.
    private const string MadeHere = "libnetwork.cni";

    // CNI knows no protection of its own: whoever routes to a container reaches it.
    private const string Unprotected = "nat-unprotected";

    /// <exception cref="CniException">
    /// <see cref="CniErrorCode.InvalidConfiguration"/>, <see cref="CniErrorCode.UnsupportedField"/>, with the field.
    /// </exception>
    public static NetworkSpec Of(NetworkConfiguration configuration)
    {
        UnsupportedFields.Refuse(configuration);
        RoutePlan routes = RoutePlan.Of(configuration);
        IReadOnlyList<PoolSpec> pools = PoolPlan.Of(configuration, routes);
        bool hasGateway = configuration.IsGateway || configuration.IsDefaultGateway;
        bool hasIPv6 = Has(pools, AddressFamily.InterNetworkV6);
        if (hasIPv6 && !hasGateway)
        {
            throw new CniException(CniErrorCode.InvalidConfiguration, "isGateway is false, but a bridge with an IPv6 range always has the gateway's address");
        }

        Dictionary<string, string> options = new()
        {
            [BridgeLabels.BridgeName] = configuration.Bridge,
            [BridgeLabels.InhibitIPv4] = Text(!hasGateway),
            [BridgeLabels.EnableMasquerade] = Text(configuration.IpMasq),
            [BridgeLabels.GatewayModeIPv4] = Unprotected,
            [BridgeLabels.GatewayModeIPv6] = Unprotected,
            [BridgeLabels.EnableInterContainer] = Text(!configuration.PortIsolation),
            [BridgeLabels.SourceGuard] = Text(configuration.MacSpoofChk ?? true),
            [BridgeLabels.Hairpin] = Text(configuration.HairpinMode),
            [BridgeLabels.DefaultRouteIPv4] = Text(routes.HasDefault(AddressFamily.InterNetwork)),
            [BridgeLabels.DefaultRouteIPv6] = Text(routes.HasDefault(AddressFamily.InterNetworkV6)),
            [BridgeLabels.Routes] = routes.Label,
        };
        if (configuration.Mtu != 0)
        {
            options[NetworkLabels.Mtu] = configuration.Mtu.ToString(CultureInfo.InvariantCulture);
        }

        return new NetworkSpec
        {
            Name = configuration.Name,
            EnableIPv4 = Has(pools, AddressFamily.InterNetwork),
            EnableIPv6 = hasIPv6,
            Pools = pools,
            Options = options,
            Labels = new Dictionary<string, string> { [MadeHere] = bool.TrueString },
        };
    }

    /// <summary>Whether a network that is there is the one that a configuration says now, as far as is known of it.</summary>
    public static bool Matches(NetworkState present, NetworkSpec wanted)
    {
        bool isKnown = present.Labels.ContainsKey(MadeHere);
        return present.Pools.Count == wanted.Pools.Count
            && wanted.Pools.All(pool => present.Pools.Any(held => held.Subnet == pool.Subnet && (!isKnown || Matches(held, pool))))
            && (!isKnown || Matches(present.Options, wanted.Options));
    }

    private static bool Matches(IReadOnlyDictionary<string, string> present, IReadOnlyDictionary<string, string> wanted)
        => present.Count == wanted.Count && wanted.All(option => present.GetValueOrDefault(option.Key) == option.Value);

    private static bool Matches(NetworkPool held, PoolSpec wanted)
        => Equals(held.Gateway, wanted.Gateway) && held.Withheld.SequenceEqual(wanted.Withheld)
            && held.Reserved.Count == wanted.Reserved.Count && wanted.Reserved.All(reserved => reserved.Value.Equals(held.Reserved.GetValueOrDefault(reserved.Key)));

    private static bool Has(IReadOnlyList<PoolSpec> pools, AddressFamily family) => pools.Any(pool => pool.Subnet?.Family == family);

    private static string Text(bool value) => value ? "true" : "false";
}

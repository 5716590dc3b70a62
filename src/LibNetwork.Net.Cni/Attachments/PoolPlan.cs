using System.Net;
using System.Net.Sockets;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Drivers.Bridge;

namespace LibNetwork.Cni.Attachments;

/// <summary>Turns the ranges of a configuration into a network's pools.</summary>
internal static class PoolPlan
{
    /// <exception cref="CniException"><see cref="CniErrorCode.InvalidConfiguration"/>: there is no range, one is not valid, or there are more than a bridge takes.</exception>
    public static IReadOnlyList<PoolSpec> Of(NetworkConfiguration configuration, RoutePlan routes)
    {
        List<PoolSpec> pools = [];
        foreach (IReadOnlyList<RangeConfiguration> set in SetsOf(configuration))
        {
            PoolSpec pool = set is [var only] ? Pool(only, routes) : throw Invalid("ipam.ranges", $"has a set of {set.Count} ranges; a bridge takes one of each family");
            AddressFamily family = pool.Subnet!.Value.Family;   // Pool set it
            if (pools.Exists(other => other.Subnet!.Value.Family == family))
            {
                throw Invalid("ipam.ranges", "has two sets of one family; a bridge takes one of each");
            }

            pools.Add(pool);
        }

        return pools.Count > 0 ? pools : throw Invalid("ipam", "has no range; a network without addresses is not supported");
    }

    private static IEnumerable<IReadOnlyList<RangeConfiguration>> SetsOf(NetworkConfiguration configuration)
    {
        IpamConfiguration ipam = configuration.Ipam ?? throw Invalid("ipam", "is missing");
        IEnumerable<IReadOnlyList<RangeConfiguration>> sets = configuration.RuntimeConfig.IpRanges.Concat(ipam.Ranges);
        return ipam.Only is { } only ? sets.Append([only]) : sets;
    }

    private static PoolSpec Pool(RangeConfiguration range, RoutePlan routes)
    {
        if (!Subnet.TryParse(range.Subnet, out Subnet subnet) || subnet.LastOrdinal < 3)   // network, gateway, one container, broadcast
        {
            throw Invalid("subnet", $"is \"{range.Subnet}\", which is not an address with the length of a prefix that leaves room for a container");
        }

        IPAddress gateway = Inside(subnet, "gateway", range.Gateway) ?? subnet.AddressAt(1);
        IPAddress? router = routes.DefaultRouter(subnet.Family);
        bool isOther = router is not null && !router.Equals(gateway);
        string purpose = subnet.Family == AddressFamily.InterNetwork ? BridgeLabels.DefaultGatewayIPv4 : BridgeLabels.DefaultGatewayIPv6;
        return new PoolSpec
        {
            Subnet = subnet,
            Gateway = gateway,
            Withheld = [.. Outside(subnet, Inside(subnet, "rangeStart", range.RangeStart), Inside(subnet, "rangeEnd", range.RangeEnd))],
            Reserved = isOther ? new Dictionary<string, IPAddress> { [purpose] = router! } : new PoolSpec().Reserved,   // isOther looked
        };
    }

    /// <summary>What a range leaves of its subnet.</summary>
    private static IEnumerable<AddressRange> Outside(Subnet subnet, IPAddress? first, IPAddress? last)
    {
        if (first is not null && last is not null && subnet.OrdinalOf(first) > subnet.OrdinalOf(last))
        {
            throw Invalid("rangeStart", $"is {first}, behind rangeEnd, {last}");
        }

        if (first is not null && subnet.OrdinalOf(first) > 0)
        {
            yield return new AddressRange(subnet.BaseAddress, subnet.AddressAt(subnet.OrdinalOf(first) - 1));
        }

        if (last is not null && subnet.OrdinalOf(last) < subnet.LastOrdinal)
        {
            yield return new AddressRange(subnet.AddressAt(subnet.OrdinalOf(last) + 1), subnet.LastAddress);
        }
    }

    private static IPAddress? Inside(Subnet subnet, string field, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return IPAddress.TryParse(text, out IPAddress? address) && subnet.Contains(address)
            ? address
            : throw Invalid(field, $"is \"{text}\", which is not an address of {subnet}");
    }

    private static CniException Invalid(string field, string problem) => new(CniErrorCode.InvalidConfiguration, $"{field} {problem}");
}

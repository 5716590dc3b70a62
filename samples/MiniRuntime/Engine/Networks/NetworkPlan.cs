using System.Net;
using LibNetwork;

namespace MiniRuntime.Engine.Networks;

/// <summary>Says to the library what was asked of the engine.</summary>
internal static class NetworkPlan
{
    private static readonly Dictionary<string, string> Nothing = [];

    public static NetworkSpec Of(NetworkRequest request, NetworkId id) => new()
    {
        Id = id,
        Name = request.Name ?? string.Empty,
        Driver = DriverOf(request),
        ConfigOnly = request.ConfigOnly,
        EnableIPv4 = request.EnableIPv4 ?? true,
        EnableIPv6 = request.EnableIPv6 ?? false,
        Internal = request.Internal,
        Pools = [.. (request.Ipam?.Config ?? []).Select(Pool)],
        IpamDriver = string.IsNullOrEmpty(request.Ipam?.Driver) ? "default" : request.Ipam.Driver,
        IpamOptions = request.Ipam?.Options ?? Nothing,
        Options = request.Options ?? Nothing,
        Labels = request.Labels ?? Nothing,
    };

    public static string DriverOf(NetworkRequest request) => request.Driver is null or "" or "default" ? "bridge" : request.Driver;

    private static PoolSpec Pool(IpamPoolConfig config) => new()
    {
        Subnet = Subnet.Parse(config.Subnet ?? string.Empty),
        Range = string.IsNullOrEmpty(config.IPRange) ? null : Subnet.Parse(config.IPRange),
        Gateway = string.IsNullOrEmpty(config.Gateway) ? null : IPAddress.Parse(config.Gateway),
        Reserved = config.AuxiliaryAddresses?.ToDictionary(named => named.Key, named => IPAddress.Parse(named.Value)) ?? [],
    };
}

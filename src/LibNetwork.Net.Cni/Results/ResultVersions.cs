using LibNetwork.Cni.Configuration;

namespace LibNetwork.Cni.Results;

/// <summary>Gives a result the form of the version that the configuration speaks.</summary>
internal static class ResultVersions
{
    public static CniResult For(string version, CniResult result)
    {
        bool tellsFamilies = !CniVersion.IsAtLeast(version, "1.0.0");
        bool tellsMtu = CniVersion.IsAtLeast(version, "1.1.0");
        return result with
        {
            CniVersion = version,
            Interfaces = [.. result.Interfaces.Select(link => tellsMtu ? link : link with { Mtu = null, SocketPath = null, PciID = null })],
            Ips = [.. result.Ips.Select(address => address with { Version = !tellsFamilies ? null : IsIPv6(address) ? "6" : "4" })],
            Dns = result.Dns ?? new DnsConfiguration(),
        };
    }

    private static bool IsIPv6(ResultAddress address) => address.Address.Contains(':', StringComparison.Ordinal);
}

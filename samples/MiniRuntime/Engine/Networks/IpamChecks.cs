using System.Net;
using LibNetwork;

namespace MiniRuntime.Engine.Networks;

/// <summary>What is wrong with address pools as they are asked for, in dockerd's words.</summary>
internal static class IpamChecks
{
    /// <exception cref="EngineException">400, with all that is wrong.</exception>
    public static void Check(IpamConfig? ipam)
    {
        string[] problems = [.. (ipam?.Config ?? []).SelectMany(Problems)];
        if (problems.Length > 0)
        {
            throw EngineException.BadRequest($"invalid network config:\n{string.Join('\n', problems)}");
        }
    }

    private static IEnumerable<string> Problems(IpamPoolConfig pool)
    {
        if (!InterfaceAddress.TryParse(pool.Subnet, out InterfaceAddress subnet))
        {
            yield return $"invalid subnet {pool.Subnet}: invalid CIDR block notation";
            yield break;
        }

        if (!subnet.Address.Equals(subnet.Subnet.BaseAddress))
        {
            yield return $"invalid subnet {pool.Subnet}: it should be {subnet.Subnet}";
        }

        if (!string.IsNullOrEmpty(pool.IPRange))
        {
            foreach (string problem in RangeProblems(pool.IPRange, subnet.Subnet))
            {
                yield return problem;
            }
        }

        IEnumerable<(string What, string Text)> addresses = (pool.AuxiliaryAddresses ?? new Dictionary<string, string>())
            .Select(static named => ("auxiliary address", named.Value));
        if (!string.IsNullOrEmpty(pool.Gateway))
        {
            addresses = addresses.Prepend(("gateway", pool.Gateway));
        }

        foreach ((string what, string text) in addresses)
        {
            if (!IPAddress.TryParse(text, out IPAddress? address))
            {
                yield return $"invalid {what} {text}: invalid address";
            }
            else if (subnet.PrefixLength > 0 && !subnet.Subnet.Contains(address) && !IsUnspecified(subnet))
            {
                yield return $"invalid {what} {text}: parent subnet {subnet} doesn't contain this address";
            }
        }
    }

    private static IEnumerable<string> RangeProblems(string text, Subnet subnet)
    {
        if (!InterfaceAddress.TryParse(text, out InterfaceAddress range))
        {
            yield return $"invalid ip-range {text}: invalid CIDR block notation";
        }
        else if (!range.Address.Equals(range.Subnet.BaseAddress))
        {
            yield return $"invalid ip-range {text}: it should be {range.Subnet}";
        }
        else if (!subnet.Contains(range.Subnet))
        {
            yield return $"invalid ip-range {text}: parent subnet {subnet} doesn't contain ip-range";
        }
    }

    private static bool IsUnspecified(InterfaceAddress subnet) => subnet.Address.Equals(IPAddress.Any) || subnet.Address.Equals(IPAddress.IPv6Any);
}

using System.Net;
using System.Net.Sockets;
using LibNetwork;
using MiniRuntime.Engine.Model;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Engine.Containers;

/// <summary>What can be said against a container's wishes for a network before anything is built, in dockerd's words.</summary>
internal static class EndpointValidation
{
    /// <param name="name">The network's name, as the user gives it.</param>
    /// <param name="network">The network; <see langword="null"/> when there is none yet, which is found out at the start.</param>
    /// <param name="settings">The wishes.</param>
    /// <exception cref="EngineException">400: all that is wrong.</exception>
    public static void Check(string name, EngineNetwork? network, EndpointSettings settings)
    {
        string[] problems = [.. Problems(network?.Name ?? name, network, settings)];
        if (problems.Length > 0)
        {
            throw EngineException.BadRequest(
                $"invalid endpoint settings:\n{string.Join('\n', problems.Select(problem => $"* {problem}"))}");
        }
    }

    private static IEnumerable<string> Problems(string name, EngineNetwork? network, EndpointSettings settings)
    {
        EndpointIpamConfig addresses = settings.IpamConfig ?? new EndpointIpamConfig();
        (string? Text, AddressFamily Family, string Name)[] wanted =
        [
            (addresses.IPv4Address, AddressFamily.InterNetwork, "IPv4"),
            (addresses.IPv6Address, AddressFamily.InterNetworkV6, "IPv6"),
        ];
        bool isUserDefined = NetworkMode.IsUserDefined(name);
        if (!isUserDefined && wanted.Any(address => address.Text is { Length: > 0 }))
        {
            yield return "user specified IP address is supported on user defined networks only";
        }

        if (!isUserDefined && settings.Aliases is { Count: > 0 })
        {
            yield return "network-scoped alias is supported only for containers in user defined networks";
        }

        foreach ((string? text, AddressFamily family, string familyName) in wanted.Where(address => address.Text is { Length: > 0 }))
        {
            if (!IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != family)
            {
                yield return $"invalid {familyName} address: {text}";
            }
            else if (isUserDefined && network is not null && !network.HasConfiguredSubnet)
            {
                yield return "user specified IP address is supported only when connecting to networks with user configured subnets";
            }
            else if (network?.Network.State.Pools is { } pools && !pools.Any(pool => pool.Subnet.Contains(address)))
            {
                yield return $"no configured subnet or ip-range contain the IP address {text}";
            }
        }

        foreach (string text in addresses.LinkLocalIPs ?? [])
        {
            if (!IPAddress.TryParse(text, out _))
            {
                yield return $"invalid link-local IP address: {text}";
            }
        }

        if (settings.MacAddress is { Length: > 0 } mac && !MacAddress.TryParse(mac, out _))
        {
            yield return $"invalid MAC address: {mac}";
        }
    }
}

using System.Collections.ObjectModel;
using System.Net;
using LibNetwork;
using LibNetwork.ServiceDiscovery;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Engine.Containers;

/// <summary>Says to the library what a container asks of a network, and to the API what the library made of it.</summary>
internal static class ContainerEndpoint
{
    private const int ShortId = 12;

    /// <summary>Creates a container's endpoint on a network and joins it to the container's sandbox; a failure leaves nothing.</summary>
    /// <returns>The settings with what came of them.</returns>
    public static async Task<EndpointSettings> AttachAsync(
        INetwork network, ISandbox sandbox, ContainerRecord container, EndpointSettings asked, CancellationToken cancellationToken)
    {
        try
        {
            IEndpoint endpoint = await network.AttachAsync(
                sandbox, Spec(network, container, asked), new JoinOptions { GatewayPriority = asked.GwPriority }, cancellationToken);
            return Report(network, asked, endpoint.State);
        }
        catch (NetworkException exception)
        {
            throw Explain(network, exception);
        }
    }

    /// <summary>The settings with what the library says of the endpoint.</summary>
    public static EndpointSettings Report(INetwork network, EndpointSettings asked, EndpointState state) => asked with
    {
        NetworkId = network.Id.Value,
        EndpointId = state.Id.Value,
        MacAddress = state.MacAddress?.ToString() ?? string.Empty,
        IPAddress = state.IPv4?.Address.ToString() ?? string.Empty,
        IPPrefixLength = state.IPv4?.PrefixLength ?? 0,
        Gateway = state.GatewayIPv4?.ToString() ?? string.Empty,
        GlobalIPv6Address = state.IPv6?.Address.ToString() ?? string.Empty,
        GlobalIPv6PrefixLength = state.IPv6?.PrefixLength ?? 0,
        IPv6Gateway = state.GatewayIPv6?.ToString() ?? string.Empty,
        DnsNames = state.DnsNames.Count > 0 ? state.DnsNames : null,
    };

    /// <summary>The names by which others on the network find the container. On the built-in networks there are none.</summary>
    public static IReadOnlyList<string> DnsNames(INetwork network, ContainerRecord container, EndpointSettings asked)
    {
        string?[] names = [container.Name, .. asked.Aliases ?? [], container.Id[..ShortId], container.Config.Hostname];
        return NetworkMode.IsUserDefined(network.Name) ? [.. names.OfType<string>().Where(CanBeAsked).Distinct()] : [];
    }

    /// <summary>Whether programs can ask for a name; containers may have others.</summary>
    public static bool CanBeAsked(string name)
    {
        const int LongestPart = 63, Longest = 253;
        return name.Length is > 0 and <= Longest && name is not "localhost" && !name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            && name.Split('.').All(part => part.Length is > 0 and <= LongestPart
                && part.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'));
    }

    // A link is "container" or "container:alias".
    private static Dictionary<string, string> Links(EndpointSettings asked)
    {
        Dictionary<string, string> links = [];
        foreach (string link in asked.Links ?? [])
        {
            string[] parts = link.Split(':', 2);
            string alias = parts[^1];
            if (CanBeAsked(alias))
            {
                links[alias] = parts[0];
            }
        }

        return links;
    }

    private static EndpointSpec Spec(INetwork network, ContainerRecord container, EndpointSettings asked) => new()
    {
        Name = container.Name,
        MacAddress = asked.MacAddress is { Length: > 0 } mac ? MacAddress.Parse(mac) : null,
        IPv4Address = Address(asked.IpamConfig?.IPv4Address),
        IPv6Address = Address(asked.IpamConfig?.IPv6Address),
        LinkLocalAddresses = [.. (asked.IpamConfig?.LinkLocalIPs ?? []).Select(IPAddress.Parse)],
        DnsNames = DnsNames(network, container, asked),
        Discovery = new EndpointDiscovery { DisableResolver = !NetworkMode.IsUserDefined(network.Name), Links = Links(asked) },
        ExposedPorts = [.. (container.Config.ExposedPorts?.Keys ?? []).Select(TransportPort.Parse)],
        PortBindings = container.HostConfig.NetworkMode == NetworkMode.Host ? [] : [.. PublishedPorts.Wanted(container.Config, container.HostConfig)],
        Options = asked.DriverOpts ?? ReadOnlyDictionary<string, string>.Empty,
    };

    private static IPAddress? Address(string? text) => text is { Length: > 0 } ? IPAddress.Parse(text) : null;

    // Users and their scripts know dockerd's words for these.
    private static Exception Explain(INetwork network, NetworkException exception) => exception.Reason switch
    {
        NetworkErrorReason.AddressInUse
            => EngineException.Forbidden($"Address already in use ({exception.Message})"),
        NetworkErrorReason.AddressesExhausted
            => EngineException.Conflict($"no available IPv4 addresses on this network's address pools: {network.Name} ({network.Id})"),
        _ => exception,
    };
}

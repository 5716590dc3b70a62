using System.Net;
using System.Net.Sockets;
using LibNetwork.Cni.Configuration;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Invocation;

namespace LibNetwork.Cni.Attachments;

/// <summary>Turns what a runtime wants of one container into an endpoint of the library.</summary>
internal static class EndpointPlan
{
    /// <exception cref="CniException"><see cref="CniErrorCode.InvalidConfiguration"/>, <see cref="CniErrorCode.InvalidEnvironment"/>.</exception>
    public static EndpointSpec Of(NetworkConfiguration configuration, CniEnvironment environment, NetworkSpec network)
    {
        IReadOnlyList<IPAddress> wanted = [.. WantedAddresses(configuration, environment)];
        return new EndpointSpec
        {
            Name = NameOf(environment.ContainerId),
            MacAddress = WantedMac(configuration, environment),
            IPv4Address = Only(wanted, AddressFamily.InterNetwork),
            IPv6Address = Only(wanted, AddressFamily.InterNetworkV6),
            DnsNames = configuration.RuntimeConfig.Aliases,
            PortBindings = [.. configuration.RuntimeConfig.PortMappings.SelectMany(mapping => PortPlan.Of(mapping, network))],
        };
    }

    /// <summary>A container has one endpoint on a network.</summary>
    public static string NameOf(string containerId) => containerId;

    private static MacAddress? WantedMac(NetworkConfiguration configuration, CniEnvironment environment)
    {
        string? text = configuration.RuntimeConfig.Mac ?? configuration.Arguments.Mac ?? environment.Arguments.GetValueOrDefault(CniArguments.MacAddress);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return MacAddress.TryParse(text, out MacAddress mac) && mac.IsUnicast ? mac : throw Invalid("mac", $"\"{text}\" is not a unicast MAC address");
    }

    private static IEnumerable<IPAddress> WantedAddresses(NetworkConfiguration configuration, CniEnvironment environment)
    {
        IEnumerable<string> texts = configuration.RuntimeConfig.Ips.Concat(configuration.Arguments.Ips);
        if (environment.Arguments.TryGetValue(CniArguments.Address, out string? argument) && argument.Length > 0)
        {
            texts = texts.Append(argument);
        }

        return texts.Select(static text => IPAddress.TryParse(text.Split('/')[0], out IPAddress? address) ? address : throw Invalid("ips", $"\"{text}\" is not an address")).Distinct();
    }

    private static IPAddress? Only(IReadOnlyList<IPAddress> addresses, AddressFamily family)
    {
        IPAddress[] own = [.. addresses.Where(address => address.AddressFamily == family)];
        return own.Length <= 1 ? own.FirstOrDefault() : throw Invalid("ips", $"{own[0]} and {own[1]} are of one family; a container has one address of each on a network");
    }

    private static CniException Invalid(string field, string problem) => new(CniErrorCode.InvalidConfiguration, $"{field}: {problem}");
}

using System.Net.NetworkInformation;
using System.Net.Sockets;
using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads the <c>networks</c> of a service: a list of names, or a map from names to settings.</summary>
internal static class ServiceNetworkReader
{
    /// <summary>The networks with the place in the file where each is named; the most important first, those that are alike in the order of the file.</summary>
    public static IReadOnlyList<(ServiceNetwork Network, YamlValue Source)> Read(YamlValue value)
    {
        if (!value.IsMap)
        {
            return [.. value.Items().Select(item => (Name: item.Text(), item)).Where(entry => entry.Name is not null)
                .DistinctBy(entry => entry.Name).Select(entry => (new ServiceNetwork(entry.Name!), entry.item))];   // just tested
        }

        return [.. value.Map()!.Entries().Select(entry => (Read(entry.Key, entry.Value), entry.Value))   // it is a map
            .OrderByDescending(entry => entry.Item1.Priority)];
    }

    private static ServiceNetwork Read(string key, YamlValue value)
    {
        ServiceNetwork network = new(key);
        if (value.IsNull || value.Map() is not { } map)
        {
            return network;
        }

        network = network with
        {
            Aliases = map.Take("aliases")?.Texts() ?? [],
            IPv4Address = map.Take("ipv4_address")?.Address(AddressFamily.InterNetwork),
            IPv6Address = map.Take("ipv6_address")?.Address(AddressFamily.InterNetworkV6),
            LinkLocalAddresses = [.. (map.Take("link_local_ips")?.Items() ?? []).Select(item => item.Address()).OfType<string>()],
            MacAddress = ReadMacAddress(map.Take("mac_address")),
            Priority = map.Take("priority")?.Integer() ?? 0,
            GatewayPriority = map.Take("gw_priority")?.Integer() ?? 0,
            DriverOptions = map.Take("driver_opts")?.Texts('=') ?? network.DriverOptions,
        };
        map.RejectOthers();
        return network;
    }

    private static string? ReadMacAddress(YamlValue? value)
    {
        if (value?.Text() is not { } text)
        {
            return null;
        }

        if (PhysicalAddress.TryParse(text, out PhysicalAddress? address) && address.GetAddressBytes().Length == 6)
        {
            return text;
        }

        value.Report($"mac_address must be like 02:42:ac:11:00:02, and is \"{text}\"");
        return null;
    }
}

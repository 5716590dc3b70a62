using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads an entry of <c>networks</c>.</summary>
internal static class NetworkReader
{
    public static StackNetwork Read(string key, YamlValue value)
    {
        StackNetwork network = new(key);
        if (value.IsNull || value.Map() is not { } map)
        {
            return network;
        }

        (bool external, string? externalName) = ReadExternal(map.Take("external"));
        string? name = map.Take("name")?.Text();
        if (external)
        {
            map.RejectOthers();   // it is as it is
            return network with { External = true, Name = name ?? externalName ?? key };
        }

        network = network with
        {
            Name = name,
            Driver = map.Take("driver")?.Text(),
            DriverOptions = map.Take("driver_opts")?.Texts('=') ?? network.DriverOptions,
            Internal = map.Take("internal")?.Boolean() ?? false,
            Attachable = map.Take("attachable")?.Boolean() ?? false,
            EnableIPv4 = map.Take("enable_ipv4")?.Boolean(),
            EnableIPv6 = map.Take("enable_ipv6")?.Boolean(),
            Labels = map.Take("labels")?.Texts('=') ?? network.Labels,
        };
        network = map.Take("ipam")?.Map() is { } ipam ? ReadIpam(network, ipam) : network;
        map.RejectOthers();
        return network;
    }

    private static (bool External, string? Name) ReadExternal(YamlValue? value)
    {
        if (value is null or { IsMap: false })
        {
            return (value?.Boolean() ?? false, null);
        }

        YamlMap map = value.Map()!;   // it is a map
        string? name = map.Take("name")?.Text();
        map.RejectOthers();
        return (true, name);
    }

    private static StackNetwork ReadIpam(StackNetwork network, YamlMap map)
    {
        network = network with
        {
            IpamDriver = map.Take("driver")?.Text(),
            Pools = [.. (map.Take("config")?.Items() ?? []).Select(ReadPool).OfType<AddressPool>()],
            IpamOptions = map.Take("options")?.Texts('=') ?? network.IpamOptions,
        };
        map.RejectOthers();
        return network;
    }

    private static AddressPool? ReadPool(YamlValue value)
    {
        if (value.Map() is not { } map)
        {
            return null;
        }

        AddressPool pool = new()
        {
            Subnet = map.Take("subnet")?.Prefix(),
            Gateway = map.Take("gateway")?.Address(),
            Range = map.Take("ip_range")?.Prefix(),
            Reserved = (map.Take("aux_addresses")?.Map()?.Entries() ?? []).Select(entry => (entry.Key, Address: entry.Value.Address()))
                .Where(entry => entry.Address is not null).ToDictionary(entry => entry.Key, entry => entry.Address!),   // just tested
        };
        map.RejectOthers();
        return pool;
    }
}

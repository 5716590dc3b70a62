using System.Net;
using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Drivers.Bridge.Tests;

/// <summary>Requests as a controller would make them.</summary>
internal static class Requests
{
    public static Dictionary<string, string> Labels(params (string Label, string Value)[] labels)
        => labels.ToDictionary(static pair => pair.Label, static pair => pair.Value);

    public static NetworkPool Pool(string subnet, string? gateway = null, params (string Name, string Address)[] reserved) => new()
    {
        PoolId = subnet,
        Subnet = Subnet.Parse(subnet),
        Gateway = gateway is null ? null : IPAddress.Parse(gateway),
        Reserved = reserved.ToDictionary(static pair => pair.Name, static pair => IPAddress.Parse(pair.Address)),
    };

    public static DriverNetworkRequest IPv4(string name = "web", Dictionary<string, string>? labels = null, bool isInternal = false, int net = 1) => new()
    {
        Id = NetworkId.New(),
        Name = name,
        Internal = isInternal,
        Pools = [Pool($"10.77.{net}.0/24", $"10.77.{net}.1")],
        Options = labels ?? [],
    };

    public static DriverNetworkRequest Dual(string name = "web", Dictionary<string, string>? labels = null, bool isInternal = false, int net = 1) => new()
    {
        Id = NetworkId.New(),
        Name = name,
        Internal = isInternal,
        EnableIPv6 = true,
        Pools = [Pool($"10.77.{net}.0/24", $"10.77.{net}.1"), Pool($"fd77:{net}::/64", $"fd77:{net}::1")],
        Options = labels ?? [],
    };

    public static DriverEndpointRequest Endpoint(DriverNetworkRequest network, int host = 2, params string[] ports) => new()
    {
        NetworkId = network.Id,
        Id = EndpointId.New(),
        Name = $"endpoint-{host}",
        IPv4 = AddressIn(network, isIPv6: false, host),
        IPv6 = AddressIn(network, isIPv6: true, host),
        ExposedPorts = [.. ports.Select(TransportPort.Parse)],
    };

    public static DriverJoinRequest Join(
        DriverEndpointRequest endpoint, NetworkNamespace sandbox, string interfaceName = "eth0", Dictionary<string, string>? labels = null) => new()
    {
        NetworkId = endpoint.NetworkId,
        EndpointId = endpoint.Id,
        SandboxId = new SandboxId(Path.GetFileName(sandbox.Path!)),
        NamespacePath = sandbox.Path!,
        NamespaceDescriptor = sandbox.Descriptor,
        InterfaceName = new InterfaceName(interfaceName),
        SandboxOptions = labels ?? [],
    };

    private static InterfaceAddress? AddressIn(DriverNetworkRequest network, bool isIPv6, int host)
    {
        Subnet? subnet = network.Pools.Select(static pool => (Subnet?)pool.Subnet)
            .FirstOrDefault(found => (found!.Value.Family == System.Net.Sockets.AddressFamily.InterNetworkV6) == isIPv6);
        return subnet is { } range ? new InterfaceAddress(range.AddressAt((UInt128)host), range.PrefixLength) : null;
    }
}

namespace LibNetwork;

/// <summary>The option labels that Docker's users know, in Docker's spelling.</summary>
public static class NetworkLabels
{
    /// <summary>Whether the network has IPv4 (bool).</summary>
    public const string EnableIPv4 = "com.docker.network.enable_ipv4";

    /// <summary>Whether the network has IPv6 (bool).</summary>
    public const string EnableIPv6 = "com.docker.network.enable_ipv6";

    /// <summary>Whether the network has no way out (bool).</summary>
    public const string Internal = "com.docker.network.internal";

    /// <summary>The MTU of the network's links in bytes (68 to 65535).</summary>
    public const string Mtu = "com.docker.network.driver.mtu";

    /// <summary>What the names of interfaces in sandboxes begin with; a number follows. Default <c>eth</c>.</summary>
    public const string InterfacePrefix = "com.docker.network.container_iface_prefix";

    /// <summary>An endpoint's name inside its sandbox, instead of prefix and number.</summary>
    public const string InterfaceName = "com.docker.network.endpoint.ifname";

    /// <summary>An endpoint's MAC address.</summary>
    public const string MacAddress = "com.docker.network.endpoint.macaddress";

    /// <summary>An endpoint's kernel parameters: <c>net.ipv4.conf.IFNAME.key=value</c>, comma separated.</summary>
    public const string Sysctls = "com.docker.network.endpoint.sysctls";

    /// <summary>What an endpoint may reach: <see cref="EgressRule"/> texts with commas or semicolons between, or <c>none</c>. Ours; Docker has no such label.</summary>
    public const string Egress = "libnetwork.egress";

    /// <summary>Given to IPAM: the endpoint's name.</summary>
    public const string EndpointName = "com.docker.network.endpoint.name";

    /// <summary>Given to IPAM: what an address is for; see <see cref="GatewayAddressType"/>.</summary>
    public const string RequestAddressType = "RequestAddressType";

    /// <summary>Value of <see cref="RequestAddressType"/> for a gateway, and the key under which a pool's data may hold a ready gateway.</summary>
    public const string GatewayAddressType = "com.docker.network.gateway";

    /// <summary>IPAM: hand out addresses in turn instead of the lowest free one (bool).</summary>
    public const string SerialAllocation = "com.docker.network.ipam.serial";
}

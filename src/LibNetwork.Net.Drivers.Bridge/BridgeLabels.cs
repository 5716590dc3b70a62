namespace LibNetwork.Drivers.Bridge;

/// <summary>
/// The labels of the bridge driver's options, in Docker's spelling where Docker has them. Those that all drivers share are in <see cref="NetworkLabels"/>.
/// </summary>
/// <remarks>Booleans are written 1, t, T, TRUE, true, True, 0, f, F, FALSE, false or False.</remarks>
public static class BridgeLabels
{
    /// <summary>Network: the bridge's name. Default <c>br-</c> and the first 12 characters of the network's id.</summary>
    public const string BridgeName = "com.docker.network.bridge.name";

    /// <summary>Network: whether it is the host's default bridge, <c>docker0</c>, which outlives its network (bool, default false).</summary>
    public const string DefaultBridge = "com.docker.network.bridge.default_bridge";

    /// <summary>Network: whether what leaves in a <c>nat</c> mode carries the host's address (bool, default true).</summary>
    public const string EnableMasquerade = "com.docker.network.bridge.enable_ip_masquerade";

    /// <summary>Network: whether its endpoints may talk to each other (bool, default true).</summary>
    public const string EnableInterContainer = "com.docker.network.bridge.enable_icc";

    /// <summary>Network: <c>nat</c> (default), <c>nat-unprotected</c>, <c>routed</c> or, on internal networks, <c>isolated</c>.</summary>
    public const string GatewayModeIPv4 = "com.docker.network.bridge.gateway_mode_ipv4";

    /// <summary>Network: as <see cref="GatewayModeIPv4"/>, for IPv6.</summary>
    public const string GatewayModeIPv6 = "com.docker.network.bridge.gateway_mode_ipv6";

    /// <summary>Network: whether the bridge stays without an IPv4 address (bool, default false).</summary>
    public const string InhibitIPv4 = "com.docker.network.bridge.inhibit_ipv4";

    /// <summary>Network: the host's address that ports are published on unless a binding says otherwise.</summary>
    public const string HostBinding = "com.docker.network.bridge.host_binding_ipv4";

    /// <summary>Network: interfaces of the host, separated by <c>:</c>, that may reach the endpoints directly.</summary>
    public const string TrustedHostInterfaces = "com.docker.network.bridge.trusted_host_interfaces";

    /// <summary>Network: the host's IPv4 address that what leaves carries, instead of that of the interface it leaves by.</summary>
    public const string HostIPv4 = "com.docker.network.host_ipv4";

    /// <summary>Network: as <see cref="HostIPv4"/>, for IPv6.</summary>
    public const string HostIPv6 = "com.docker.network.host_ipv6";

    /// <summary>
    /// Network, or one endpoint of it: whether only what comes from the endpoint's own MAC and IP addresses leaves its port (bool, default true).
    /// </summary>
    /// <remarks>
    /// Off for what speaks for others: routers, VPN gateways, virtual router addresses, macvlan interfaces or bridges inside a container.
    /// The endpoint's label outweighs the network's.
    /// </remarks>
    public const string SourceGuard = "libnetwork.bridge.source_guard";

    /// <summary>Network: whether the bridge sends a frame back by the port that it came from, so that an endpoint reaches itself by another address (bool, default false).</summary>
    /// <remarks>Ports of endpoints that publish something do so always.</remarks>
    public const string Hairpin = "libnetwork.bridge.hairpin";

    /// <summary>Network: whether its gateway may be a sandbox's IPv4 default route (bool, default true).</summary>
    public const string DefaultRouteIPv4 = "libnetwork.bridge.default_route_ipv4";

    /// <summary>Network: as <see cref="DefaultRouteIPv4"/>, for IPv6.</summary>
    public const string DefaultRouteIPv6 = "libnetwork.bridge.default_route_ipv6";

    /// <summary>
    /// Network: further routes of its endpoints, separated by commas: <c>10.0.0.0/8, 192.168.0.0/16 via 10.1.0.5</c>. Without a router they lead
    /// to the network's gateway.
    /// </summary>
    public const string Routes = "libnetwork.bridge.routes";

    /// <summary>Sandbox: ids of endpoints, separated by commas, that may reach the exposed ports of the endpoint that joins (legacy links).</summary>
    /// <remarks>Only on networks whose endpoints may not talk to each other; ignored on others.</remarks>
    public const string LinkParents = "com.docker.network.bridge.link.parents";

    /// <summary>Sandbox: ids of endpoints, separated by commas, whose exposed ports the endpoint that joins may reach (legacy links).</summary>
    /// <remarks>Only on networks whose endpoints may not talk to each other; ignored on others.</remarks>
    public const string LinkChildren = "com.docker.network.bridge.link.children";

    /// <summary>Endpoint details: the ports that the container says it listens on, <c>80/tcp,53/udp</c>.</summary>
    public const string ExposedPorts = "com.docker.network.endpoint.exposedports";

    /// <summary>Endpoint details: where its ports are published, <c>0.0.0.0:8080:80/tcp,[::]:8080:80/tcp</c>; only while they are.</summary>
    public const string PortMap = "com.docker.network.portmap";

    /// <summary>Reserved address of an IPv4 pool that the endpoints use as their gateway instead of the bridge.</summary>
    public const string DefaultGatewayIPv4 = "DefaultGatewayIPv4";

    /// <summary>Reserved address of an IPv6 pool that the endpoints use as their gateway instead of the bridge.</summary>
    public const string DefaultGatewayIPv6 = "DefaultGatewayIPv6";
}

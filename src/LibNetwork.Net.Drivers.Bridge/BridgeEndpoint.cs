using LibNetwork.Firewall;

namespace LibNetwork.Drivers.Bridge;

/// <summary>An endpoint of a bridge network. Its calls are serialised; links of others read its addresses and ports.</summary>
internal sealed class BridgeEndpoint(BridgeNetwork network, DriverEndpointRequest request, MacAddress macAddress)
{
    public BridgeNetwork Network { get; } = network;

    public EndpointId Id { get; } = request.Id;

    public MacAddress MacAddress { get; } = macAddress;

    public InterfaceAddress? IPv4 { get; } = request.IPv4;

    public InterfaceAddress? IPv6 { get; set; } = request.IPv6;

    public IReadOnlyList<TransportPort> ExposedPorts { get; } = request.ExposedPorts;

    /// <summary>The host's end of the cable while joined.</summary>
    public InterfaceName? Port { get; set; }

    /// <summary>The sandbox while joined.</summary>
    public SandboxId SandboxId { get; set; }

    /// <summary>Permissions that came with the join.</summary>
    public IReadOnlyList<FirewallLink> Links { get; set; } = [];

    public string Subject => $"endpoint \"{Id}\" on {Network.Subject}";
}

using System.Net;
using System.Net.Sockets;
using LibNetwork.Firewall;

namespace LibNetwork.Drivers.Overlay;

/// <summary>An endpoint of an overlay network on this host.</summary>
internal sealed class OverlayEndpoint(OverlayNetwork network, DriverEndpointRequest request, MacAddress macAddress)
{
    public OverlayNetwork Network { get; } = network;

    public EndpointId Id { get; } = request.Id;

    public string Name { get; set; } = request.Name;

    public MacAddress MacAddress { get; } = macAddress;

    public InterfaceAddress? IPv4 { get; } = request.IPv4;

    public InterfaceAddress? IPv6 { get; } = request.IPv6;

    public bool IsGuarded { get; } =
        new OptionReader(SubjectOf(request.Name, network), request.Options).Boolean(OverlayLabels.SourceGuard) ?? network.Options.SourceGuard;

    /// <summary>The host's end of the cable while joined.</summary>
    public InterfaceName? Port { get; set; }

    /// <summary>The sandbox while joined.</summary>
    public SandboxId SandboxId { get; set; }

    /// <summary>The file that the sandbox's namespace is pinned to, while joined.</summary>
    public string NamespacePath { get; set; } = string.Empty;

    public string Subject => SubjectOf(Name, Network);

    /// <summary>The addresses on the network, IPv4 first.</summary>
    public IEnumerable<InterfaceAddress> Addresses => ((InterfaceAddress?[])[IPv4, IPv6]).OfType<InterfaceAddress>();

    public FirewallEndpoint ToFirewall(InterfaceName port) => new(Network.Id, Id, port)
    {
        OwnsSegment = true,
        Identity = IsGuarded ? new FirewallIdentity(MacAddress, [.. OwnAddresses.Distinct()]) : null,
    };

    /// <summary>Its cable, when its end on the host has a name.</summary>
    public Cable CableAt(InterfaceName port) => new()
    {
        NetworkId = Network.Id,
        EndpointId = Id,
        Subject = Subject,
        Port = port,
        BridgeName = Network.BridgeName,
        BridgeIndex = Network.BridgeIndex,
        Mtu = Network.Mtu,
        Mark = OverlayMarks.Of(this),
        MacAddress = MacAddress,
    };

    private IEnumerable<IPAddress> OwnAddresses
    {
        get
        {
            IEnumerable<IPAddress> own = request.LinkLocalAddresses.Concat(Addresses.Select(static address => address.Address));
            bool hasIPv6 = own.Any(static address => address.AddressFamily == AddressFamily.InterNetworkV6);
            return hasIPv6 ? own.Append(MacAddress.ToLinkLocalAddress()) : own;   // every interface with IPv6 has that one too
        }
    }

    private static string SubjectOf(string name, OverlayNetwork network) => $"endpoint \"{name}\" on {network.Subject}";
}

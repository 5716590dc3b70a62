using System.Net;
using System.Net.Sockets;
using LibNetwork.Firewall;
using LibNetwork.Publishing;

namespace LibNetwork.Drivers.Bridge;

/// <summary>An endpoint of a bridge network. Its calls are serialised; links of others read its addresses and ports.</summary>
internal sealed class BridgeEndpoint(BridgeNetwork network, DriverEndpointRequest request, MacAddress macAddress)
{
    public BridgeNetwork Network { get; } = network;

    public EndpointId Id { get; } = request.Id;

    public string Name { get; set; } = request.Name;

    public MacAddress MacAddress { get; } = macAddress;

    public InterfaceAddress? IPv4 { get; } = request.IPv4;

    public InterfaceAddress? IPv6 { get; set; } = request.IPv6;

    public IReadOnlyList<IPAddress> LinkLocalAddresses { get; } = request.LinkLocalAddresses;

    /// <summary>Whether only what comes from its own addresses leaves its port.</summary>
    public bool IsGuarded { get; } = ReadGuard(network, request);

    /// <summary>
    /// Whether its port sends frames back where they came from: because the network wants it, or because a packet to the endpoint's own
    /// published port goes back that way where bridged packets pass the IP firewall.
    /// </summary>
    public bool NeedsHairpin => Network.Options.Hairpin || PortBindings.Count > 0;

    public IReadOnlyList<TransportPort> ExposedPorts { get; } = request.ExposedPorts;

    public IReadOnlyList<PortBinding> PortBindings { get; } = request.PortBindings;

    /// <summary>What it may reach beyond its network; <see langword="null"/> is everything.</summary>
    public EgressPolicy? Egress { get; set; } = request.Egress;

    /// <summary>What was asked of the publisher last.</summary>
    public IReadOnlyList<PortDemand> Demands { get; set; } = [];

    /// <summary>Where the ports are published now.</summary>
    public IReadOnlyList<PortBinding> PublishedPorts { get; set; } = [];

    /// <summary>Where they were last, so that they get the same ports again.</summary>
    public IReadOnlyList<PortBinding> PreviousPorts { get; set; } = request.PublishedPorts;

    /// <summary>The host's end of the cable while joined.</summary>
    public InterfaceName? Port { get; set; }

    /// <summary>The sandbox while joined.</summary>
    public SandboxId SandboxId { get; set; }

    /// <summary>Permissions that came with the join.</summary>
    public IReadOnlyList<FirewallLink> Links { get; set; } = [];

    public string Subject => SubjectOf(Name, Network);

    public FirewallEndpoint ToFirewall(InterfaceName port) => new(Network.Id, Id, port)
    {
        OwnsSegment = Network.OwnsSegment,
        Identity = IsGuarded ? new FirewallIdentity(MacAddress, [.. Addresses]) : null,
        Egress = Egress,
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
        Mark = EndpointMark.Of(this),
        MacAddress = MacAddress,
        Hairpin = NeedsHairpin,
        KnownToHost = ((InterfaceAddress?[])[IPv4, IPv6]).OfType<InterfaceAddress>().Select(static own => own.Address),
    };

    private IEnumerable<IPAddress> Addresses
    {
        get
        {
            IEnumerable<IPAddress> own = LinkLocalAddresses.Concat(
                ((InterfaceAddress?[])[IPv4, IPv6]).OfType<InterfaceAddress>().Select(static address => address.Address));
            bool hasIPv6 = own.Any(static address => address.AddressFamily == AddressFamily.InterNetworkV6);
            return (hasIPv6 ? own.Append(MacAddress.ToLinkLocalAddress()) : own).Distinct();   // every interface with IPv6 has that one too
        }
    }

    private static bool ReadGuard(BridgeNetwork network, DriverEndpointRequest request)
        => new OptionReader(SubjectOf(request.Name, network), request.Options).Boolean(BridgeLabels.SourceGuard) ?? network.Options.SourceGuard;

    private static string SubjectOf(string name, BridgeNetwork network) => $"endpoint \"{name}\" on {network.Subject}";
}

using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Overlay.Encryption;
using LibNetwork.Firewall;

namespace LibNetwork.Drivers.Overlay;

/// <summary>A network as it was planned, and what of it is in the kernel. What changes is touched only in its turn.</summary>
internal sealed class OverlayNetwork
{
    public required NetworkId Id { get; init; }

    public required string Name { get; init; }

    public required OverlayNetworkOptions Options { get; init; }

    /// <summary>Whether it has no way out, which is for others to heed.</summary>
    public bool IsInternal { get; init; }

    /// <summary>All its subnets, of both families.</summary>
    public required IReadOnlyList<Subnet> Subnets { get; init; }

    /// <summary>Its tunnels; the first carries what is for everybody.</summary>
    public required IReadOnlyList<OverlaySegment> Segments { get; init; }

    public required InterfaceName BridgeName { get; init; }

    public string Subject => $"network \"{Name}\"";

    /// <summary>One at a time builds it, takes it down, or changes its peers.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    public PeerTable Peers { get; } = new();

    /// <summary>Where the tunnels of other nodes end.</summary>
    public TunnelEnds Ends { get; set; } = TunnelEnds.InClear;

    /// <summary>Whether bridge and tunnels are in the kernel.</summary>
    public bool IsBuilt { get; set; }

    /// <summary>Whether it was deleted while somebody waited for its turn.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Whether somebody may have changed its entries since they were compared last.</summary>
    public bool IsSuspect { get; set; }

    public int BridgeIndex { get; set; }

    /// <summary>The interface indexes of the tunnels, in the order of the segments.</summary>
    public IReadOnlyList<int> TunnelIndexes { get; set; } = [];

    /// <summary>The endpoints' MTU, in bytes.</summary>
    public uint Mtu { get; set; }

    public bool HasIPv6 => Subnets.Any(static subnet => subnet.Family == AddressFamily.InterNetworkV6);

    /// <summary>The tunnel behind which a peer is: its IPv4 address says, or its IPv6 address where the network has no IPv4; otherwise the first.</summary>
    public int TunnelOf(IPAddress? ipv4, IPAddress? ipv6)
    {
        for (int i = 0; i < Segments.Count; i++)
        {
            Subnet subnet = Segments[i].Subnet;
            if ((ipv4 is not null && subnet.Contains(ipv4)) || (ipv6 is not null && subnet.Contains(ipv6)))
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>No packet is routed to or from the bridge: it has no address.</summary>
    public FirewallNetwork ToFirewall() => new() { Id = Id, Interface = BridgeName, Internal = true };
}

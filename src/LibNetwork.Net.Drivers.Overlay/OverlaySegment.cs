using System.Globalization;

namespace LibNetwork.Drivers.Overlay;

/// <summary>A part of a network that has a tunnel of its own.</summary>
/// <param name="Subnet">Its subnet: IPv4, or IPv6 where the network has no IPv4.</param>
/// <param name="Vni">The tunnel's VXLAN network identifier.</param>
/// <param name="Tunnel">What the tunnel's interface is called.</param>
internal sealed record OverlaySegment(Subnet Subnet, uint Vni, InterfaceName Tunnel)
{
    private const int IdDigits = 5;

    /// <summary>The name that Docker gives such an interface: the identifier and the beginning of the network's id.</summary>
    public static InterfaceName TunnelName(NetworkId network, uint vni)
    {
        string digits = network.Value.Length > IdDigits ? network.Value[..IdDigits] : network.Value;
        return new InterfaceName(string.Create(CultureInfo.InvariantCulture, $"vx-{vni:x6}-{digits}"), nameof(DriverNetworkRequest.Id));
    }
}

using System.Net;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Settings of the overlay driver that hold for the whole host.</summary>
public sealed record OverlayDriverOptions
{
    /// <summary>The IANA port of VXLAN.</summary>
    public const ushort DefaultPort = 4789;

    /// <summary>The address by which other nodes reach this one: the tunnels' end, and the source of all that leaves by them.</summary>
    /// <value>An IPv4 or IPv6 address of one machine; it must be set. All nodes have one of the same family.</value>
    public IPAddress? AdvertiseAddress { get; set; }

    /// <summary>The UDP port of the tunnels' ends, the same on all nodes.</summary>
    /// <value>1 to 65535; the default is 4789.</value>
    public int Port { get; set; } = DefaultPort;

    /// <summary>The MTU of the way between nodes, in bytes, for networks that do not say their own. Endpoints have what the tunnel's headers leave of it.</summary>
    /// <value>576 to 65535; the default, <see langword="null"/>, is what the routes to the peers say, also when they change.</value>
    public int? UnderlayMtu { get; set; }
}

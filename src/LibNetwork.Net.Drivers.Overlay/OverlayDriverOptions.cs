using System.Net;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Settings of the overlay driver that hold for the whole host.</summary>
public sealed record OverlayDriverOptions
{
    /// <summary>The IANA port of VXLAN.</summary>
    public const ushort DefaultPort = 4789;

    /// <summary>The port of encrypted traffic unless another is chosen.</summary>
    public const ushort DefaultEncryptionPort = 4793;

    /// <summary>The address by which other nodes reach this one: the tunnels' end, and the source of all that leaves by them.</summary>
    /// <value>An IPv4 or IPv6 address of one machine; it must be set. All nodes have one of the same family.</value>
    public IPAddress? AdvertiseAddress { get; set; }

    /// <summary>The UDP port of the tunnels' ends, the same on all nodes.</summary>
    /// <value>1 to 65535; the default is 4789.</value>
    public int Port { get; set; } = DefaultPort;

    /// <summary>The UDP port at which encrypted traffic of others arrives; the one above it serves as well, so that a new key can be there beside the present one.</summary>
    /// <value>1 to 65534; the default is 4793. Nodes may differ. It and the next are other ports than <see cref="Port"/>.</value>
    public int EncryptionPort { get; set; } = DefaultEncryptionPort;

    /// <summary>How long a key stays after the next one has begun. By then all nodes should have been told of that.</summary>
    /// <value>A second to a day; the default is ten minutes.</value>
    public TimeSpan KeyOverlap { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The MTU of the way between nodes, in bytes, for networks that do not say their own. Endpoints have what the headers of tunnel and encryption leave of it.</summary>
    /// <value>576 to 65535; the default, <see langword="null"/>, is what the routes to the peers say, also when they change.</value>
    public int? UnderlayMtu { get; set; }
}

using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A tunnel that carries Ethernet frames in UDP (RFC 7348).</summary>
public sealed record VxlanLinkSpec : LinkSpec
{
    /// <summary>The network identifier, 0 to 16777215.</summary>
    public required uint Vni { get; init; }

    /// <summary>The address that tunnel packets are sent from.</summary>
    /// <value>The default, <see langword="null"/>, lets routing choose.</value>
    public IPAddress? Local { get; init; }

    /// <summary>Where frames for unknown stations go: a multicast group, which needs a <see cref="Link"/>, or one remote tunnel end.</summary>
    /// <value>The default, <see langword="null"/>, is nowhere: only what forwarding entries say.</value>
    public IPAddress? Remote { get; init; }

    /// <summary>The index of the interface that tunnel packets leave by.</summary>
    /// <value>The default, <see langword="null"/>, lets routing choose.</value>
    public int? Link { get; init; }

    /// <summary>The UDP port of the tunnel's ends.</summary>
    /// <value>The default is 4789, IANA's; the kernel's own would be 8472.</value>
    public ushort Port { get; init; } = 4789;

    /// <summary>The time to live of tunnel packets, in hops.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's.</value>
    public byte? TimeToLive { get; init; }

    /// <summary>Whether forwarding entries are learned from what arrives.</summary>
    /// <value>The default is <see langword="false"/>: whoever runs the tunnel knows where its stations are.</value>
    public bool Learning { get; init; }

    /// <summary>Whether the tunnel answers ARP and neighbour solicitations itself, from the neighbour table.</summary>
    public bool Proxy { get; init; }

    /// <summary>Whether the kernel notifies when a station has no forwarding entry.</summary>
    public bool L2Miss { get; init; }

    /// <summary>Whether the kernel notifies when an address has no neighbour entry.</summary>
    public bool L3Miss { get; init; }

    /// <summary>Whether UDP over IPv4 carries checksums.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: on.</value>
    public bool? UdpChecksum { get; init; }

    /// <summary>Whether UDP over IPv6 is sent without checksums.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: off.</value>
    public bool? UdpZeroChecksum6Transmit { get; init; }

    /// <summary>Whether UDP over IPv6 without checksums is accepted.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: off.</value>
    public bool? UdpZeroChecksum6Receive { get; init; }
}

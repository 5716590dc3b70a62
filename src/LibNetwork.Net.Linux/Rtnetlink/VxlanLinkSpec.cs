using System.Net;
using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A VXLAN link to be made.</summary>
public sealed record VxlanLinkSpec
{
    /// <summary>The name, up to 15 bytes.</summary>
    public required string Name { get; init; }

    /// <summary>The MTU in bytes; by default the kernel's.</summary>
    public uint? Mtu { get; init; }

    /// <summary>The interface group.</summary>
    public uint Group { get; init; }

    /// <summary>Whether it is up at once.</summary>
    public bool Up { get; init; }

    /// <summary>The hardware address; by default a random one.</summary>
    public PhysicalAddress? Address { get; init; }

    /// <summary>The network identifier, 24 bits.</summary>
    public required uint Vni { get; init; }

    /// <summary>The bridge that it is a port of, by index.</summary>
    public int? Master { get; init; }

    /// <summary>The source address of the tunnel.</summary>
    public IPAddress? Local { get; init; }

    /// <summary>Where frames to unknown hardware addresses go: a multicast group or one peer.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>The underlay interface, by index.</summary>
    public int? Underlay { get; init; }

    /// <summary>The UDP port.</summary>
    public ushort Port { get; init; } = 4789;

    /// <summary>Whether peers are learnt from traffic.</summary>
    public bool Learning { get; init; }

    /// <summary>Whether it answers neighbour requests for the entries that it knows.</summary>
    public bool Proxy { get; init; }

    /// <summary>Whether unknown hardware addresses are reported by netlink.</summary>
    public bool L2Miss { get; init; }

    /// <summary>Whether unknown addresses are reported by netlink.</summary>
    public bool L3Miss { get; init; }
}

using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An 802.1Q link to be made.</summary>
public sealed record VlanLinkSpec
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

    /// <summary>The parent, by index.</summary>
    public required int Parent { get; init; }

    /// <summary>The VLAN, 1 to 4094.</summary>
    public required ushort VlanId { get; init; }
}

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A bridge: a switch in software.</summary>
public sealed record BridgeLinkSpec : LinkSpec
{
    /// <summary>Whether multicast is forwarded only where somebody listens.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: on.</value>
    public bool? MulticastSnooping { get; init; }

    /// <summary>Whether the bridge tells VLANs apart.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: off.</value>
    public bool? VlanFiltering { get; init; }

    /// <summary>The VLAN of untagged frames, 1 to 4094; 0 is none.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: 1.</value>
    public ushort? DefaultVlan { get; init; }

    /// <summary>Whether the bridge runs the spanning tree protocol.</summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: off.</value>
    public bool? SpanningTree { get; init; }

    /// <summary>
    /// Which of the sixteen groups that are for neighbouring bridges (01:80:c2:00:00:00 to :0f) are treated as any other: one bit each. The
    /// first three cannot be.
    /// </summary>
    /// <value>The default, <see langword="null"/>, is the kernel's: none. Such frames end at the bridge, without its packet rules.</value>
    public ushort? ForwardedGroups { get; init; }
}

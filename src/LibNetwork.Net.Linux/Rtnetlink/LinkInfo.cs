using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A link as the kernel describes it.</summary>
public sealed record LinkInfo
{
    /// <summary>The index, unique in its namespace while the link lives there.</summary>
    public required int Index { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kind that it was created as (<c>bridge</c>, <c>veth</c>), or <see langword="null"/> for hardware and <c>lo</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>The hardware address; empty when the link has none.</summary>
    public PhysicalAddress PhysicalAddress { get; init; } = PhysicalAddress.None;

    /// <summary>The largest packet, in bytes.</summary>
    public uint Mtu { get; init; }

    /// <summary>Whether it was taken up.</summary>
    public bool Up { get; init; }

    /// <summary>Whether the other end is there.</summary>
    public bool Carrier { get; init; }

    /// <summary>Whether it can carry packets.</summary>
    public OperationalState OperState { get; init; }

    /// <summary>The index of the bridge that it is a port of.</summary>
    public int? Master { get; init; }

    /// <summary>The interface group.</summary>
    public uint Group { get; init; }

    /// <summary>A note for people.</summary>
    public string? Alias { get; init; }

    /// <summary>The index of the parent or of the cable's other end, in the namespace where that is; <see langword="null"/> for none.</summary>
    public int? LinkIndex { get; init; }

    /// <summary>
    /// The number by which this namespace knows the one of <see cref="LinkIndex"/>, as <see cref="RtNetlink.IdentifyNamespace"/> gives it;
    /// <see langword="null"/> when that is here.
    /// </summary>
    public int? LinkNamespaceId { get; init; }

    /// <summary>The interface flags (<c>IFF_*</c> in <c>linux/if.h</c>).</summary>
    public uint Flags { get; init; }

    /// <summary>Whether IPv6 is turned off on it (<c>disable_ipv6</c>); <see langword="null"/> when the kernel does not say.</summary>
    public bool? IPv6Disabled { get; init; }

    /// <summary>Whether it heeds router advertisements unless it forwards (<c>accept_ra</c>); <see langword="null"/> when the kernel does not say.</summary>
    public bool? AcceptsRouterAdvertisements { get; init; }

    /// <summary>Whether it routes loopback addresses (<c>route_localnet</c>); <see langword="null"/> when the kernel does not say.</summary>
    public bool? RoutesLoopback { get; init; }

    /// <summary>The counters; <see langword="null"/> in a description that lacks them.</summary>
    public LinkStatistics? Statistics { get; init; }
}

using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What to change of a link; what is <see langword="null"/> stays as it is.</summary>
public readonly record struct LinkChange
{
    /// <summary>Whether the link is up.</summary>
    public bool? Up { get; init; }

    /// <summary>The interface group.</summary>
    public uint? Group { get; init; }

    /// <summary>The new name; only for a link that is found by its index.</summary>
    public string? NewName { get; init; }

    /// <summary>The index of the bridge that the link becomes a port of; 0 makes it leave the one that it is in.</summary>
    public int? Master { get; init; }

    /// <summary>The largest packet, in bytes.</summary>
    public uint? Mtu { get; init; }

    /// <summary>The hardware address.</summary>
    public PhysicalAddress? Address { get; init; }

    /// <summary>A note for people, at most 255 bytes; empty takes it away.</summary>
    public string? Alias { get; init; }

    /// <summary>The descriptor of the namespace that the link moves to. Takes about 16 ms: better to create it there.</summary>
    public int? NamespaceDescriptor { get; init; }

    /// <summary>Whether the link takes in frames that are not for it.</summary>
    public bool? Promiscuous { get; init; }

    /// <summary>Whether the kernel gives the link an IPv6 link-local address when it comes up, and looks for duplicates of it.</summary>
    public bool? GenerateLinkLocal { get; init; }

    /// <summary>Whether packets from and to 127.0.0.0/8 are routed by the link, as the kernel parameter <c>route_localnet</c> says.</summary>
    public bool? RoutesLoopback { get; init; }

    /// <summary>How the bridge treats the link, which must be a port of it already: a bridge that <see cref="Master"/> names comes too late.</summary>
    public BridgePortChange? BridgePort { get; init; }
}

using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An ipvlan link to be made.</summary>
public sealed record IpvlanLinkSpec
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

    /// <summary>The parent, by index in the namespace that the request goes to.</summary>
    public required int Parent { get; init; }

    /// <summary>At which layer the links of one parent are told apart.</summary>
    public IpvlanMode Mode { get; init; } = IpvlanMode.L2;

    /// <summary>How the links of one parent see each other.</summary>
    public IpvlanIsolation Isolation { get; init; } = IpvlanIsolation.Bridge;

    /// <summary>The namespace that it is made in; by default the same.</summary>
    public int? NamespaceDescriptor { get; init; }
}

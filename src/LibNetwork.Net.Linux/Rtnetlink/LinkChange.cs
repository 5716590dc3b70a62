using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>What is to become different about a link; what is <see langword="null"/> stays.</summary>
public readonly record struct LinkChange
{
    /// <summary>Up or down.</summary>
    public bool? Up { get; init; }

    /// <summary>The interface group.</summary>
    public uint? Group { get; init; }

    /// <summary>A new name; before Linux 6.2 only a link that is down can be renamed.</summary>
    public string? NewName { get; init; }

    /// <summary>The bridge that it becomes a port of, by index; 0 takes it out.</summary>
    public int? Master { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public uint? Mtu { get; init; }

    /// <summary>The hardware address.</summary>
    public PhysicalAddress? Address { get; init; }

    /// <summary>A text for people and programs, up to 255 bytes.</summary>
    public string? Alias { get; init; }

    /// <summary>The namespace that it moves to; that waits some 15 ms for the kernel.</summary>
    public int? NamespaceDescriptor { get; init; }
}

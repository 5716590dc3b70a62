using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>A link as the kernel has it.</summary>
public sealed record LinkInfo
{
    /// <summary>Its number in the namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is: <c>bridge</c>, <c>veth</c>; <see langword="null"/> for loopback and hardware.</summary>
    public string? Kind { get; init; }

    /// <summary>The hardware address.</summary>
    public PhysicalAddress Address { get; init; } = PhysicalAddress.None;

    /// <summary>The MTU in bytes.</summary>
    public uint Mtu { get; init; }

    /// <summary>Whether it is set up.</summary>
    public bool IsUp { get; init; }

    /// <summary>Whether it has carrier.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>The bridge that it is a port of, by index.</summary>
    public int? Master { get; init; }

    /// <summary>The parent or far end, by index in its own namespace.</summary>
    public int? Parent { get; init; }

    /// <summary>The interface group.</summary>
    public uint Group { get; init; }

    /// <summary>A text for people and programs.</summary>
    public string? Alias { get; init; }
}

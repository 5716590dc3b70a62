using System.Net;
using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An entry of the neighbour table: which hardware address an address on a link has.</summary>
public sealed record NeighbourInfo
{
    /// <summary>The index of the link.</summary>
    public required int Index { get; init; }

    /// <summary>The address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its hardware address; <see langword="null"/> while it is not known.</summary>
    public PhysicalAddress? HardwareAddress { get; init; }

    /// <summary>How sure the kernel is (<c>NUD_*</c> in <c>linux/neighbour.h</c>); 0x80 is permanent.</summary>
    public ushort State { get; init; }
}

using System.Net;
using System.Net.NetworkInformation;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An entry of a forwarding table: where a station is.</summary>
public sealed record ForwardingEntryInfo
{
    /// <summary>The index of the link.</summary>
    public required int Index { get; init; }

    /// <summary>The station's hardware address; for a tunnel, all zeros stand for unknown stations.</summary>
    public required PhysicalAddress HardwareAddress { get; init; }

    /// <summary>The remote end of the tunnel that it is behind.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>The index of the bridge whose table the entry is in.</summary>
    public int? Master { get; init; }

    /// <summary>How sure the kernel is (<c>NUD_*</c> in <c>linux/neighbour.h</c>); 0x80 is permanent.</summary>
    public ushort State { get; init; }
}

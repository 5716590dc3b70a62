using System.Net;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>An address of a link.</summary>
public sealed record AddressInfo
{
    /// <summary>The index of the link.</summary>
    public required int Index { get; init; }

    /// <summary>The address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The length of its subnet's prefix, in bits.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>How far the address is known.</summary>
    public RouteScope Scope { get; init; }

    /// <summary>The address flags (<c>IFA_F_*</c> in <c>linux/if_addr.h</c>).</summary>
    public uint Flags { get; init; }
}

namespace LibNetwork.Linux.Nftables;

/// <summary>A kind of address in a routing table (<c>RTN_*</c>).</summary>
public enum NftAddressType : uint
{
    /// <summary>Unknown.</summary>
    Unspecified = 0,

    /// <summary>A host that is reached directly or by a gateway.</summary>
    Unicast = 1,

    /// <summary>An address of this host.</summary>
    Local = 2,

    /// <summary>A broadcast address.</summary>
    Broadcast = 3,

    /// <summary>An anycast address.</summary>
    Anycast = 4,

    /// <summary>A multicast address.</summary>
    Multicast = 5,

    /// <summary>Dropped in silence.</summary>
    Blackhole = 6,

    /// <summary>Refused.</summary>
    Unreachable = 7,

    /// <summary>Forbidden.</summary>
    Prohibit = 8,
}

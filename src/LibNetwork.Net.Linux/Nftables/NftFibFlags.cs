namespace LibNetwork.Linux.Nftables;

/// <summary>Which parts of a packet go into a question to the routing table (<c>NFTA_FIB_F_*</c>).</summary>
[Flags]
public enum NftFibFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Its source address.</summary>
    SourceAddress = 1,

    /// <summary>Its destination address.</summary>
    DestinationAddress = 2,

    /// <summary>Its mark.</summary>
    Mark = 4,

    /// <summary>The interface that it came in by.</summary>
    Iif = 8,

    /// <summary>The interface that it leaves by.</summary>
    Oif = 16,

    /// <summary>Only whether there is a route.</summary>
    Present = 32,
}

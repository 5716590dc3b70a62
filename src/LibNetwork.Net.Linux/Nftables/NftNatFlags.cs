namespace LibNetwork.Linux.Nftables;

/// <summary>How a translation picks addresses and ports (<c>NF_NAT_RANGE_*</c>).</summary>
[Flags]
public enum NftNatFlags : uint
{
    /// <summary>As the kernel does.</summary>
    None = 0,

    /// <summary>Ports are picked at random.</summary>
    Random = 4,

    /// <summary>A client keeps its address.</summary>
    Persistent = 8,

    /// <summary>Ports are picked fully at random.</summary>
    FullyRandom = 16,
}

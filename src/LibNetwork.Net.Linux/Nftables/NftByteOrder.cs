namespace LibNetwork.Linux.Nftables;

/// <summary>How the bytes of a data type lie in a key; the numbers are those that the <c>nft</c> program stores with a set.</summary>
public enum NftByteOrder
{
    /// <summary>A mixture (concatenations).</summary>
    Unspecified = 0,

    /// <summary>The machine's own order.</summary>
    Host = 1,

    /// <summary>Network order.</summary>
    BigEndian = 2,
}

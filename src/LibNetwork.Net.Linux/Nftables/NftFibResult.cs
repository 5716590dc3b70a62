namespace LibNetwork.Linux.Nftables;

/// <summary>What is asked of the routing table (<c>NFT_FIB_RESULT_*</c>).</summary>
public enum NftFibResult
{
    /// <summary>The index of the interface that the route leaves by; 0 for none.</summary>
    OifIndex = 1,

    /// <summary>The name of that interface.</summary>
    OifName = 2,

    /// <summary>The address's <see cref="NftAddressType"/>.</summary>
    AddressType = 3,
}

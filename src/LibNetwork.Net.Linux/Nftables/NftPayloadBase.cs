namespace LibNetwork.Linux.Nftables;

/// <summary>Where an offset into a packet counts from (<c>NFT_PAYLOAD_*</c>).</summary>
public enum NftPayloadBase
{
    /// <summary>The link header.</summary>
    Link = 0,

    /// <summary>The network header.</summary>
    Network = 1,

    /// <summary>The transport header.</summary>
    Transport = 2,
}

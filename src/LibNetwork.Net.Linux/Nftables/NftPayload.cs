namespace LibNetwork.Linux.Nftables;

/// <summary>Where in a packet an offset counts from (<c>NFT_PAYLOAD_*_HEADER</c>).</summary>
public enum NftPayload
{
    /// <summary>The Ethernet header.</summary>
    Link = 0,

    /// <summary>The IP or ARP header.</summary>
    Network = 1,

    /// <summary>The TCP, UDP or SCTP header.</summary>
    Transport = 2,
}

namespace LibNetwork.Linux.Nftables;

/// <summary>What a refused sender is told (<c>NFT_REJECT_*</c>).</summary>
public enum NftRejectKind
{
    /// <summary>An ICMP error of the packet's own family.</summary>
    Icmp = 0,

    /// <summary>A TCP reset.</summary>
    TcpReset = 1,

    /// <summary>An ICMP error that exists for IPv4 and IPv6.</summary>
    Icmpx = 2,
}

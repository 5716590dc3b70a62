namespace LibNetwork.Linux.Nftables;

/// <summary>What connection tracking knows about a packet's flow (<c>NFT_CT_*</c>).</summary>
public enum NftCtKey
{
    /// <summary>The packet's place in its flow, an <see cref="NftCtState"/>.</summary>
    State = 0,

    /// <summary>0 in the first packet's direction, 1 against it.</summary>
    Direction = 1,

    /// <summary>The flow's <see cref="NftCtStatus"/>.</summary>
    Status = 2,

    /// <summary>The flow's mark.</summary>
    Mark = 3,

    /// <summary>When the flow ends.</summary>
    Expiration = 5,

    /// <summary>IPv4 or IPv6.</summary>
    L3Protocol = 7,

    /// <summary>The protocol above IP.</summary>
    Protocol = 10,

    /// <summary>The source port.</summary>
    SourcePort = 11,

    /// <summary>The destination port.</summary>
    DestinationPort = 12,

    /// <summary>The zone.</summary>
    Zone = 17,

    /// <summary>The IPv4 source address.</summary>
    SourceIPv4 = 19,

    /// <summary>The IPv4 destination address.</summary>
    DestinationIPv4 = 20,

    /// <summary>The IPv6 source address.</summary>
    SourceIPv6 = 21,

    /// <summary>The IPv6 destination address.</summary>
    DestinationIPv6 = 22,

    /// <summary>The flow's number.</summary>
    Id = 23,
}

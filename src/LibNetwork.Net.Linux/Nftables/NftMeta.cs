namespace LibNetwork.Linux.Nftables;

/// <summary>A fact about a packet that is not in it (<c>NFT_META_*</c>).</summary>
public enum NftMeta
{
    /// <summary>Its mark; 4 bytes.</summary>
    Mark = 3,

    /// <summary>The name of the interface that it came in by; 16 bytes.</summary>
    InputName = 6,

    /// <summary>The name of the interface that it leaves by; 16 bytes.</summary>
    OutputName = 7,

    /// <summary>IPv4 (2) or IPv6 (10); 1 byte.</summary>
    NetworkProtocol = 15,

    /// <summary>The protocol above IP; 1 byte.</summary>
    TransportProtocol = 16,

    /// <summary>The protocol number of its Ethernet frame; 2 bytes.</summary>
    EtherType = 1,
}

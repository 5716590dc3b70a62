namespace LibNetwork.Linux.Nftables;

/// <summary>What the kernel knows about a packet beside its bytes (<c>NFT_META_*</c>).</summary>
public enum NftMetaKey
{
    /// <summary>Its length.</summary>
    Length = 0,

    /// <summary>The protocol number of its frame.</summary>
    Protocol = 1,

    /// <summary>Its priority.</summary>
    Priority = 2,

    /// <summary>Its mark.</summary>
    Mark = 3,

    /// <summary>The index of the interface that it came in by.</summary>
    IifIndex = 4,

    /// <summary>The index of the interface that it leaves by.</summary>
    OifIndex = 5,

    /// <summary>The name of the interface that it came in by.</summary>
    IifName = 6,

    /// <summary>The name of the interface that it leaves by.</summary>
    OifName = 7,

    /// <summary>The hardware type of the interface that it came in by.</summary>
    IifType = 8,

    /// <summary>The hardware type of the interface that it leaves by.</summary>
    OifType = 9,

    /// <summary>The user of the socket that sent it.</summary>
    SocketUser = 10,

    /// <summary>The group of the socket that sent it.</summary>
    SocketGroup = 11,

    /// <summary>Whether it is traced.</summary>
    NfTrace = 12,

    /// <summary>IPv4 or IPv6.</summary>
    NfProto = 15,

    /// <summary>The protocol above IP.</summary>
    L4Proto = 16,

    /// <summary>The bridge that it came in by.</summary>
    BridgeIifName = 17,

    /// <summary>The bridge that it leaves by.</summary>
    BridgeOifName = 18,

    /// <summary>Unicast, broadcast or multicast.</summary>
    PacketType = 19,

    /// <summary>The processor that handles it.</summary>
    Cpu = 20,

    /// <summary>The group of the interface that it came in by.</summary>
    IifGroup = 21,

    /// <summary>The group of the interface that it leaves by.</summary>
    OifGroup = 22,

    /// <summary>The control group of its socket.</summary>
    CGroup = 23,
}

namespace LibNetwork;

/// <summary>What is done about chains of others (iptables, ufw, Docker, nft) whose policy drops the packets that networks forward.</summary>
public enum ForeignFirewall
{
    /// <summary>Nothing: <see cref="INetworkController.DiagnoseAsync"/> names them.</summary>
    Respect = 0,

    /// <summary>
    /// A chain whose rules decide nothing about a network's packets, and whose policy drops them, gets rules behind all others that accept what comes
    /// in and goes out by the network's interface. They carry the network's id as a remark and go with the network. What a rule of others drops
    /// stays dropped, and so does what the library's own tables drop: to accept a packet in one chain spares it no other. Of packets to
    /// the host itself, and of rules that drop, nothing is changed.
    /// </summary>
    Integrate = 1,
}

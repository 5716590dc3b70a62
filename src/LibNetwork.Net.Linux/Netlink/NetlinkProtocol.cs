namespace LibNetwork.Linux.Netlink;

/// <summary>The kernel subsystem behind a netlink socket (<c>NETLINK_*</c> in <c>linux/netlink.h</c>).</summary>
public enum NetlinkProtocol
{
    /// <summary>Links, addresses, routes, rules, neighbours.</summary>
    Route = 0,

    /// <summary>Sockets of processes.</summary>
    SocketDiag = 4,

    /// <summary>nftables and conntrack.</summary>
    Netfilter = 12,

    /// <summary>Generic netlink families.</summary>
    Generic = 16,
}

namespace LibNetwork.Testing.Kernel;

/// <summary>Numbers of the kernel's netlink headers, in its spelling; written down here once more, so that a slip there shows here.</summary>
internal static class WireConstants
{
    public const ushort NLMSG_ERROR = 2, NLMSG_DONE = 3;

    public const byte AF_INET = 2, AF_BRIDGE = 7, AF_INET6 = 10;
    public const uint IFF_UP = 0x1, IFF_LOOPBACK = 0x8, IFF_PROMISC = 0x100;

    public const int SizeOfIfInfo = 16, SizeOfIfAddr = 8, SizeOfRtMsg = 12, SizeOfNdMsg = 12, SizeOfFibRule = 12, SizeOfNetConf = 4, SizeOfRtGen = 4, SizeOfNfGen = 4;

    public const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_SETLINK = 19, RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_GETADDR = 22;
    public const ushort RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_GETROUTE = 26, RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30;
    public const ushort RTM_NEWRULE = 32, RTM_GETRULE = 34, RTM_NEWNETCONF = 80, RTM_GETNETCONF = 82, RTM_NEWNSID = 88, RTM_GETNSID = 90;

    public const ushort IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5, IFLA_MASTER = 10, IFLA_OPERSTATE = 16, IFLA_LINKINFO = 18, IFLA_IFALIAS = 20;
    public const ushort IFLA_STATS64 = 23, IFLA_AF_SPEC = 26, IFLA_GROUP = 27, IFLA_NET_NS_FD = 28, IFLA_CARRIER = 33, IFLA_LINK_NETNSID = 37;
    public const ushort IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, VETH_INFO_PEER = 1, IFLA_INET_CONF = 1, IFLA_INET6_CONF = 2;
    public const int IPV4_DEVCONF_ROUTE_LOCALNET = 26, DEVCONF_ACCEPT_RA = 3, DEVCONF_DISABLE_IPV6 = 26, DEVCONF_COUNT = 32, CountersOfStats64 = 25;
    public const byte IF_OPER_UNKNOWN = 0, IF_OPER_DOWN = 2, IF_OPER_LOWERLAYERDOWN = 3, IF_OPER_UP = 6;

    public const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2;
    public const byte IFA_F_PERMANENT = 0x80;

    public const byte RT_SCOPE_UNIVERSE = 0, RT_SCOPE_LINK = 253, RT_SCOPE_HOST = 254, RTPROT_KERNEL = 2, RTN_UNICAST = 1, RTN_LOCAL = 2;
    public const uint RT_TABLE_MAIN = 254, RT_TABLE_LOCAL = 255, RTNH_F_ONLINK = 4, ConnectedMetricIPv6 = 256, DefaultMetricIPv6 = 1024;
    public const ushort RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PRIORITY = 6, RTA_PREFSRC = 7, RTA_TABLE = 15;

    public const ushort FRA_PRIORITY = 6, FRA_TABLE = 15;
    public const ushort NDA_DST = 1, NDA_LLADDR = 2;
    public const ushort NETCONFA_FORWARDING = 2;
    public const ushort NETNSA_NSID = 1, NETNSA_FD = 3;

    public const ushort NFNL_SUBSYS_CTNETLINK = 1, NFNL_SUBSYS_NFTABLES = 10, NFNL_MSG_BATCH_BEGIN = 16, NFNL_MSG_BATCH_END = 17;
    public const byte NFT_MSG_NEWTABLE = 0, NFT_MSG_GETTABLE = 1, NFT_MSG_DELTABLE = 2, NFT_MSG_NEWCHAIN = 3, NFT_MSG_GETCHAIN = 4, NFT_MSG_DELCHAIN = 5;
    public const byte NFT_MSG_NEWRULE = 6, NFT_MSG_GETRULE = 7, NFT_MSG_DELRULE = 8, NFT_MSG_NEWSET = 9, NFT_MSG_GETSET = 10, NFT_MSG_DELSET = 11;
    public const byte NFT_MSG_NEWSETELEM = 12, NFT_MSG_GETSETELEM = 13, NFT_MSG_DELSETELEM = 14, NFT_MSG_NEWGEN = 15, NFT_MSG_GETGEN = 16, NFT_MSG_DESTROYSETELEM = 30;

    // The table is attribute 1 of every message, the object's own name 2 or, for a chain, 3.
    public const ushort NFTA_TABLE = 1, NFTA_RULE_CHAIN = 2, NFTA_CHAIN_NAME = 3, NFTA_SET_NAME = 2, NFTA_RULE_HANDLE = 3;
    public const ushort NFTA_TABLE_HANDLE = 4, NFTA_CHAIN_HANDLE = 2, NFTA_SET_HANDLE = 16;
    public const ushort NFTA_SET_ELEM_LIST_ELEMENTS = 3, NFTA_LIST_ELEM = 1, NFTA_SET_ELEM_KEY = 1, NFTA_SET_ELEM_DATA = 2, NFTA_SET_ELEM_FLAGS = 3, NFTA_SET_ELEM_KEY_END = 10;
    public const ushort NFTA_GEN_ID = 1;
}

namespace LibNetwork.Linux.Sockets;

/// <summary>Numbers of <c>linux/sock_diag.h</c> and <c>linux/inet_diag.h</c>, in the kernel's spelling.</summary>
internal static class SocketDiagConstants
{
    public const ushort SOCK_DIAG_BY_FAMILY = 20;
    public const int INET_DIAG_REQ_V2_SIZE = 56;
    public const int INET_DIAG_MSG_SIZE = 72;

    public const int REQ_PROTOCOL_OFFSET = 1;
    public const int REQ_STATES_OFFSET = 4;

    public const int MSG_FAMILY_OFFSET = 0;
    public const int MSG_SPORT_OFFSET = 4;
    public const int MSG_SRC_OFFSET = 8;
    public const int MSG_INODE_OFFSET = 68;

    public const uint TCPF_CLOSE = 1 << 7;
    public const uint TCPF_LISTEN = 1 << 10;
    public const uint TCPF_BOUND_INACTIVE = 1 << 13;
}

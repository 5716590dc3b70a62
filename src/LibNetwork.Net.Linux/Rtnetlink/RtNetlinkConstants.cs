namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Numbers of <c>linux/rtnetlink.h</c> and <c>linux/if_link.h</c>, in the kernel's spelling.</summary>
internal static class RtNetlinkConstants
{
    public const ushort RTM_DELLINK = 17;

    public const ushort IFLA_GROUP = 27;

    public const int InterfaceHeaderSize = 16;   // struct ifinfomsg
}

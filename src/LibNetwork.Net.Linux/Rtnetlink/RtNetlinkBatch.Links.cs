using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    /// <summary>Deletes all links of an interface group; an empty group is not an error.</summary>
    public void DeleteLinkGroup(uint group)
    {
        NetlinkMessageWriter writer = _batch.Begin(
            RtNetlinkConstants.RTM_DELLINK, NetlinkFlags.None, "delete link group", string.Empty, LinuxErrno.ENODEV);
        writer.WriteFamilyHeader(RtNetlinkConstants.InterfaceHeaderSize);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_GROUP, group);
        _batch.End(ref writer);
    }
}

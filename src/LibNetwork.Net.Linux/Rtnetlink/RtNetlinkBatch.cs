using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Changes to a namespace's links, addresses, routes, rules and neighbours that travel in one send.</summary>
public sealed partial class RtNetlinkBatch
{
    private readonly NetlinkBatch _batch;

    internal RtNetlinkBatch(NetlinkBatch batch) => _batch = batch;
}

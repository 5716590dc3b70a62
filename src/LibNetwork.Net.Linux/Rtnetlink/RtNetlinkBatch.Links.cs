using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    private const byte GenerateFromHardwareAddress = 0;   // IN6_ADDR_GEN_MODE_EUI64
    private const byte GenerateNothing = 1;   // IN6_ADDR_GEN_MODE_NONE

    private const NetlinkFlags CreateNew = NetlinkFlags.Create | NetlinkFlags.Exclusive;

    /// <summary>Changes a link that is found by its index.</summary>
    public void ChangeLink(int index, LinkChange change)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        NetlinkMessageWriter writer = _batch.BeginAbout(
            RtNetlinkConstants.RTM_NEWLINK, NetlinkFlags.None, "change link", subject: null, index);
        WriteInterfaceHeader(ref writer, index, change);
        if (change.NewName is { } name)
        {
            writer.WriteString(RtNetlinkConstants.IFLA_IFNAME, name);
        }

        WriteChange(ref writer, change);
        _batch.End(ref writer);
    }

    /// <summary>Changes a link that is found by its name.</summary>
    /// <exception cref="ArgumentException">A new name is given: the kernel's request has room for only one.</exception>
    public void ChangeLink(string name, LinkChange change)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (change.NewName is not null)
        {
            throw new ArgumentException("A link is renamed by its index, not by its name.", nameof(change));
        }

        NetlinkMessageWriter writer = _batch.Begin(RtNetlinkConstants.RTM_NEWLINK, NetlinkFlags.None, "change link", name);
        WriteInterfaceHeader(ref writer, index: 0, change);
        writer.WriteString(RtNetlinkConstants.IFLA_IFNAME, name);
        WriteChange(ref writer, change);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a link; one that is gone is not an error. Takes 16 to 36 ms: see <see cref="LinkReaper"/>.</summary>
    public void DeleteLink(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        NetlinkMessageWriter writer = _batch.BeginAbout(
            RtNetlinkConstants.RTM_DELLINK, NetlinkFlags.None, "delete link", subject: null, index, LinuxErrno.ENODEV);
        WriteInterfaceHeader(ref writer, index);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a link; one that is gone is not an error. Takes 16 to 36 ms: see <see cref="LinkReaper"/>.</summary>
    public void DeleteLink(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        NetlinkMessageWriter writer = _batch.Begin(
            RtNetlinkConstants.RTM_DELLINK, NetlinkFlags.None, "delete link", name, LinuxErrno.ENODEV);
        WriteInterfaceHeader(ref writer);
        writer.WriteString(RtNetlinkConstants.IFLA_IFNAME, name);
        _batch.End(ref writer);
    }

    /// <summary>Deletes all links of an interface group; an empty group is not an error.</summary>
    public void DeleteLinkGroup(uint group)
    {
        NetlinkMessageWriter writer = _batch.Begin(
            RtNetlinkConstants.RTM_DELLINK, NetlinkFlags.None, "delete link group", string.Empty, LinuxErrno.ENODEV);
        WriteInterfaceHeader(ref writer);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_GROUP, group);
        _batch.End(ref writer);
    }

    /// <summary>Makes the kernel act now on a link's carrier, which it would otherwise notice up to 2 seconds later.</summary>
    /// <remarks>
    /// Carrier events wait in the kernel's link-watch queue, and until then a fresh link may drop or delay packets. Asking for
    /// the link works the queue off; the answer itself is thrown away.
    /// </remarks>
    public void SettleLink(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        NetlinkMessageWriter writer = _batch.BeginAbout(
            RtNetlinkConstants.RTM_GETLINK, NetlinkFlags.None, "settle link", subject: null, index);
        WriteInterfaceHeader(ref writer, index);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_EXT_MASK, RtNetlinkConstants.RTEXT_FILTER_SKIP_STATS);
        _batch.End(ref writer);
    }

    /// <inheritdoc cref="SettleLink(int)"/>
    public void SettleLink(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        NetlinkMessageWriter writer = _batch.Begin(RtNetlinkConstants.RTM_GETLINK, NetlinkFlags.None, "settle link", name);
        WriteInterfaceHeader(ref writer);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_EXT_MASK, RtNetlinkConstants.RTEXT_FILTER_SKIP_STATS);
        writer.WriteString(RtNetlinkConstants.IFLA_IFNAME, name);
        _batch.End(ref writer);
    }

    private static void WriteInterfaceHeader(ref NetlinkMessageWriter writer, int index, LinkChange change)
    {
        uint changed = (change.Up is null ? 0 : RtNetlinkConstants.IFF_UP) | (change.Promiscuous is null ? 0 : RtNetlinkConstants.IFF_PROMISC);
        uint flags = (change.Up == true ? RtNetlinkConstants.IFF_UP : 0) | (change.Promiscuous == true ? RtNetlinkConstants.IFF_PROMISC : 0);
        WriteInterfaceHeader(ref writer, index, flags, changed);
    }

    private static void WriteInterfaceHeader(
        ref NetlinkMessageWriter writer, int index = 0, uint flags = 0, uint changed = 0, byte family = RtNetlinkConstants.AF_UNSPEC)
    {
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.InterfaceHeaderSize);
        header[0] = family;
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], flags);
        MemoryMarshal.Write(header[12..], changed);
    }

    private static void WriteChange(ref NetlinkMessageWriter writer, LinkChange change)
    {
        if (change.Group is { } group)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_GROUP, group);
        }

        if (change.Master is { } master)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_MASTER, master);
        }

        if (change.Mtu is { } mtu)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_MTU, mtu);
        }

        if (change.Address is { } address)
        {
            WriteHardwareAddress(ref writer, RtNetlinkConstants.IFLA_ADDRESS, address);
        }

        if (change.Alias is { Length: > 0 } alias)
        {
            writer.WriteString(RtNetlinkConstants.IFLA_IFALIAS, alias);
        }
        else if (change.Alias is not null)
        {
            writer.WriteFlag(RtNetlinkConstants.IFLA_IFALIAS);   // an alias of no bytes, not even the zero, is taken away
        }

        if (change.NamespaceDescriptor is { } descriptor)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_NET_NS_FD, descriptor);
        }

        if (change.BridgePort is { } port)
        {
            WriteBridgePort(ref writer, port);
        }

        WriteFamilies(ref writer, change);
    }

    private static void WriteBridgePort(ref NetlinkMessageWriter writer, BridgePortChange change)
    {
        NestedStart info = writer.BeginNested(RtNetlinkConstants.IFLA_LINKINFO);
        writer.WriteString(RtNetlinkConstants.IFLA_INFO_SLAVE_KIND, "bridge");
        NestedStart port = writer.BeginNested(RtNetlinkConstants.IFLA_INFO_SLAVE_DATA);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_ISOLATED, change.Isolated);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_MODE, change.Hairpin);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_LEARNING, change.Learning);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_UNICAST_FLOOD, change.Flood);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_MCAST_FLOOD, change.MulticastFlood);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_BCAST_FLOOD, change.BroadcastFlood);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_NEIGH_SUPPRESS, change.NeighbourSuppression);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BRPORT_GUARD, change.Guard);
        writer.EndNested(port);
        writer.EndNested(info);
    }

    private static void WriteFamilies(ref NetlinkMessageWriter writer, in LinkChange change)
    {
        if (change is { GenerateLinkLocal: null, RoutesLoopback: null })
        {
            return;
        }

        NestedStart families = writer.BeginNested(RtNetlinkConstants.IFLA_AF_SPEC);
        if (change.RoutesLoopback is { } routes)
        {
            NestedStart ipv4 = writer.BeginNested(RtNetlinkConstants.AF_INET);
            NestedStart parameters = writer.BeginNested(RtNetlinkConstants.IFLA_INET_CONF);
            writer.WriteAttribute(RtNetlinkConstants.IPV4_DEVCONF_ROUTE_LOCALNET, routes ? 1 : 0);
            writer.EndNested(parameters);
            writer.EndNested(ipv4);
        }

        if (change.GenerateLinkLocal is { } generate)
        {
            NestedStart ipv6 = writer.BeginNested(RtNetlinkConstants.AF_INET6);
            writer.WriteAttribute(RtNetlinkConstants.IFLA_INET6_ADDR_GEN_MODE, generate ? GenerateFromHardwareAddress : GenerateNothing);
            writer.EndNested(ipv6);
        }

        writer.EndNested(families);
    }
}

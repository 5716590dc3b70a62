using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Rtnetlink.RtNetlinkConstants;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    private const NetlinkFlags CreateExclusive = NetlinkFlags.Create | NetlinkFlags.Exclusive;

    /// <summary>Makes a bridge.</summary>
    public void CreateBridge(BridgeLinkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = BeginCreate(spec.Name, spec.Mtu, spec.Group, spec.Up, spec.Address);
        EndKind(ref writer, "bridge");
    }

    /// <summary>Makes a dummy link.</summary>
    public void CreateDummy(DummyLinkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = BeginCreate(spec.Name, spec.Mtu, spec.Group, spec.Up, spec.Address);
        EndKind(ref writer, "dummy");
    }

    /// <summary>Makes a pair of links.</summary>
    /// <remarks>The far end is down: it cannot come up before the pair is linked (the kernel answers <c>ENOTCONN</c>).</remarks>
    public void CreateVeth(VethLinkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = BeginCreate(spec.Name, spec.Mtu, spec.Group, spec.Up, spec.Address);
        if (spec.Master is { } master)
        {
            writer.WriteAttribute(IFLA_MASTER, master);
        }

        NestedStart info = writer.BeginNested(IFLA_LINKINFO);
        writer.WriteString(IFLA_INFO_KIND, "veth");
        NestedStart data = writer.BeginNested(IFLA_INFO_DATA);
        NestedStart peer = writer.BeginNested(VETH_INFO_PEER);
        writer.WriteFamilyHeader(InterfaceHeaderSize);
        writer.WriteString(IFLA_IFNAME, spec.PeerName);
        WriteLinkAttributes(ref writer, spec.Mtu, group: 0, spec.PeerAddress);
        if (spec.PeerNamespaceDescriptor is { } inside)
        {
            writer.WriteAttribute(IFLA_NET_NS_FD, inside);
        }

        writer.EndNested(peer);
        writer.EndNested(data);
        writer.EndNested(info);
        _batch.End(ref writer);
    }

    /// <summary>Makes a macvlan link.</summary>
    public void CreateMacvlan(MacvlanLinkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = BeginCreate(spec.Name, spec.Mtu, spec.Group, spec.Up, spec.Address);
        (NestedStart info, NestedStart data) = BeginChild(ref writer, "macvlan", spec.Parent, spec.NamespaceDescriptor);
        writer.WriteAttribute(IFLA_MACVLAN_MODE, (uint)spec.Mode);
        EndChild(ref writer, info, data);
    }

    /// <summary>Makes an ipvlan link.</summary>
    public void CreateIpvlan(IpvlanLinkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = BeginCreate(spec.Name, spec.Mtu, spec.Group, spec.Up, address: null);
        (NestedStart info, NestedStart data) = BeginChild(ref writer, "ipvlan", spec.Parent, spec.NamespaceDescriptor);
        writer.WriteAttribute(IFLA_IPVLAN_MODE, (ushort)spec.Mode);
        writer.WriteAttribute(IFLA_IPVLAN_FLAGS, (ushort)spec.Isolation);
        EndChild(ref writer, info, data);
    }

    /// <summary>Makes an 802.1Q link.</summary>
    public void CreateVlan(VlanLinkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = BeginCreate(spec.Name, spec.Mtu, spec.Group, spec.Up, spec.Address);
        (NestedStart info, NestedStart data) = BeginChild(ref writer, "vlan", spec.Parent, inside: null);
        writer.WriteAttribute(IFLA_VLAN_ID, spec.VlanId);
        EndChild(ref writer, info, data);
    }

    /// <summary>Makes a VXLAN link.</summary>
    public void CreateVxlan(VxlanLinkSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = BeginCreate(spec.Name, spec.Mtu, spec.Group, spec.Up, spec.Address);
        if (spec.Master is { } master)
        {
            writer.WriteAttribute(IFLA_MASTER, master);
        }

        NestedStart info = writer.BeginNested(IFLA_LINKINFO);
        writer.WriteString(IFLA_INFO_KIND, "vxlan");
        NestedStart data = writer.BeginNested(IFLA_INFO_DATA);
        writer.WriteAttribute(IFLA_VXLAN_ID, spec.Vni);
        WriteAddress(ref writer, spec.Remote, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6);
        WriteAddress(ref writer, spec.Local, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6);
        if (spec.Underlay is { } underlay)
        {
            writer.WriteAttribute(IFLA_VXLAN_LINK, underlay);
        }

        writer.WriteAttributeBigEndian(IFLA_VXLAN_PORT, spec.Port);
        writer.WriteAttribute(IFLA_VXLAN_LEARNING, ToByte(spec.Learning));
        writer.WriteAttribute(IFLA_VXLAN_PROXY, ToByte(spec.Proxy));
        writer.WriteAttribute(IFLA_VXLAN_L2MISS, ToByte(spec.L2Miss));
        writer.WriteAttribute(IFLA_VXLAN_L3MISS, ToByte(spec.L3Miss));
        EndChild(ref writer, info, data);
    }

    /// <summary>Changes a link, by index.</summary>
    public void ChangeLink(int index, LinkChange change)
    {
        NetlinkMessageWriter writer = BeginChange(index, change, $"{index}", mayBeGone: false);
        WriteChange(ref writer, change);
    }

    /// <summary>Changes a link, by name; a new name needs the index.</summary>
    public void ChangeLink(string name, LinkChange change) => ChangeLink(name, change, mayBeGone: false);

    /// <summary>Changes a link, by name, if it is there.</summary>
    public void ChangeLinkIfPresent(string name, LinkChange change) => ChangeLink(name, change, mayBeGone: true);

    /// <summary>Changes a port of a bridge.</summary>
    public void ChangeBridgePort(int index, BridgePortChange change)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_SETLINK, NetlinkFlags.None, "change bridge port", $"{index}");
        Span<byte> header = writer.WriteFamilyHeader(InterfaceHeaderSize);
        header[0] = AF_BRIDGE;
        MemoryMarshal.Write(header[4..], index);
        NestedStart info = writer.BeginNested(IFLA_PROTINFO);
        WriteSwitch(ref writer, IFLA_BRPORT_ISOLATED, change.Isolated);
        WriteSwitch(ref writer, IFLA_BRPORT_MODE, change.Hairpin);
        WriteSwitch(ref writer, IFLA_BRPORT_LEARNING, change.Learning);
        WriteSwitch(ref writer, IFLA_BRPORT_UNICAST_FLOOD, change.UnicastFlood);
        writer.EndNested(info);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a link by index and waits for it, some 16 to 36 ms; one that is gone is not an error.</summary>
    public void DeleteLink(int index)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_DELLINK, NetlinkFlags.None, "delete link", $"{index}", LinuxErrno.ENODEV);
        MemoryMarshal.Write(writer.WriteFamilyHeader(InterfaceHeaderSize)[4..], index);
        _batch.End(ref writer);
    }

    /// <summary>Deletes a link by name and waits for it, some 16 to 36 ms; one that is gone is not an error.</summary>
    public void DeleteLink(string name)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_DELLINK, NetlinkFlags.None, "delete link", name, LinuxErrno.ENODEV);
        writer.WriteFamilyHeader(InterfaceHeaderSize);
        writer.WriteString(IFLA_IFNAME, name);
        _batch.End(ref writer);
    }

    /// <summary>Deletes all links of an interface group; an empty group is not an error.</summary>
    public void DeleteLinkGroup(uint group)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_DELLINK, NetlinkFlags.None, "delete link group", string.Empty, LinuxErrno.ENODEV);
        writer.WriteFamilyHeader(InterfaceHeaderSize);
        writer.WriteAttribute(IFLA_GROUP, group);
        _batch.End(ref writer);
    }

    /// <summary>Asks for a link and drops the answer: that makes the kernel work off its queue of carrier changes.</summary>
    public void SettleLink(int index)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_GETLINK, NetlinkFlags.None, "settle link", $"{index}");
        MemoryMarshal.Write(writer.WriteFamilyHeader(InterfaceHeaderSize)[4..], index);
        writer.WriteAttribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        _batch.End(ref writer);
    }

    /// <summary>Asks for a link and drops the answer: that makes the kernel work off its queue of carrier changes.</summary>
    public void SettleLink(string name)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_GETLINK, NetlinkFlags.None, "settle link", name);
        writer.WriteFamilyHeader(InterfaceHeaderSize);
        writer.WriteString(IFLA_IFNAME, name);
        writer.WriteAttribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        _batch.End(ref writer);
    }

    private static byte ToByte(bool value) => value ? (byte)1 : (byte)0;

    private static void WriteSwitch(ref NetlinkMessageWriter writer, ushort type, bool? value)
    {
        if (value is { } set)
        {
            writer.WriteAttribute(type, ToByte(set));
        }
    }

    private static void WriteLinkAttributes(ref NetlinkMessageWriter writer, uint? mtu, uint group, PhysicalAddress? address)
    {
        if (mtu is { } bytes)
        {
            writer.WriteAttribute(IFLA_MTU, bytes);
        }

        if (group != 0)
        {
            writer.WriteAttribute(IFLA_GROUP, group);
        }

        if (address is not null)
        {
            writer.WriteAttribute(IFLA_ADDRESS, address.GetAddressBytes());
        }
    }

    private static void WriteAddress(ref NetlinkMessageWriter writer, IPAddress? address, ushort typeIPv4, ushort typeIPv6)
    {
        if (address is not null)
        {
            Span<byte> bytes = stackalloc byte[16];
            address.TryWriteBytes(bytes, out int length);
            writer.WriteAttribute(address.AddressFamily == AddressFamily.InterNetwork ? typeIPv4 : typeIPv6, bytes[..length]);
        }
    }

    private NetlinkMessageWriter BeginCreate(string name, uint? mtu, uint group, bool up, PhysicalAddress? address)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_NEWLINK, CreateExclusive, "create link", name);
        Span<byte> header = writer.WriteFamilyHeader(InterfaceHeaderSize);
        if (up)
        {
            MemoryMarshal.Write(header[8..], IFF_UP);
            MemoryMarshal.Write(header[12..], IFF_UP);
        }

        writer.WriteString(IFLA_IFNAME, name);
        WriteLinkAttributes(ref writer, mtu, group, address);
        return writer;
    }

    private void EndKind(ref NetlinkMessageWriter writer, string kind)
    {
        NestedStart info = writer.BeginNested(IFLA_LINKINFO);
        writer.WriteString(IFLA_INFO_KIND, kind);
        writer.EndNested(info);
        _batch.End(ref writer);
    }

    private static (NestedStart Info, NestedStart Data) BeginChild(ref NetlinkMessageWriter writer, string kind, int parent, int? inside)
    {
        writer.WriteAttribute(IFLA_LINK, parent);
        if (inside is { } descriptor)
        {
            writer.WriteAttribute(IFLA_NET_NS_FD, descriptor);
        }

        NestedStart info = writer.BeginNested(IFLA_LINKINFO);
        writer.WriteString(IFLA_INFO_KIND, kind);
        return (info, writer.BeginNested(IFLA_INFO_DATA));
    }

    private void EndChild(ref NetlinkMessageWriter writer, NestedStart info, NestedStart data)
    {
        writer.EndNested(data);
        writer.EndNested(info);
        _batch.End(ref writer);
    }

    private void ChangeLink(string name, LinkChange change, bool mayBeGone)
    {
        if (change.NewName is not null)
        {
            // The name attribute can say which link is meant or what it is to be called, not both.
            throw new ArgumentException("A link is renamed by its index.", nameof(change));
        }

        NetlinkMessageWriter writer = BeginChange(index: 0, change, name, mayBeGone);
        writer.WriteString(IFLA_IFNAME, name);
        WriteChange(ref writer, change);
    }

    private NetlinkMessageWriter BeginChange(int index, LinkChange change, string subject, bool mayBeGone)
    {
        NetlinkMessageWriter writer = _batch.Begin(
            RTM_NEWLINK, NetlinkFlags.None, "change link", subject, mayBeGone ? LinuxErrno.ENODEV : 0);
        Span<byte> header = writer.WriteFamilyHeader(InterfaceHeaderSize);
        MemoryMarshal.Write(header[4..], index);
        if (change.Up is { } up)
        {
            MemoryMarshal.Write(header[8..], up ? IFF_UP : 0);
            MemoryMarshal.Write(header[12..], IFF_UP);
        }

        return writer;
    }

    private void WriteChange(ref NetlinkMessageWriter writer, LinkChange change)
    {
        WriteLinkAttributes(ref writer, change.Mtu, group: 0, change.Address);
        if (change.Group is { } group)
        {
            writer.WriteAttribute(IFLA_GROUP, group);
        }

        if (change.NewName is { } name)
        {
            writer.WriteString(IFLA_IFNAME, name);
        }

        if (change.Master is { } master)
        {
            writer.WriteAttribute(IFLA_MASTER, master);
        }

        if (change.Alias is { } alias)
        {
            writer.WriteString(IFLA_IFALIAS, alias);
        }

        if (change.NamespaceDescriptor is { } descriptor)
        {
            writer.WriteAttribute(IFLA_NET_NS_FD, descriptor);
        }

        _batch.End(ref writer);
    }
}

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    /// <summary>Creates a bridge; a link of that name is an error (<see cref="LinuxErrno.EEXIST"/>).</summary>
    public void CreateBridge(BridgeLinkSpec spec)
    {
        NetlinkMessageWriter writer = BeginLink(spec, "create bridge");
        NestedStart info = BeginKind(ref writer, "bridge");
        NestedStart data = writer.BeginNested(RtNetlinkConstants.IFLA_INFO_DATA);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BR_MCAST_SNOOPING, spec.MulticastSnooping);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_BR_VLAN_FILTERING, spec.VlanFiltering);
        if (spec.DefaultVlan is { } vlan)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_BR_VLAN_DEFAULT_PVID, vlan);
        }

        if (spec.SpanningTree is { } spanningTree)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_BR_STP_STATE, spanningTree ? 1u : 0u);
        }

        if (spec.ForwardedGroups is { } groups)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_BR_GROUP_FWD_MASK, groups);
        }

        EndLink(ref writer, info, data);
    }

    /// <summary>Creates both ends of a virtual cable, the peer in its own namespace; a link of either name there is an error.</summary>
    public void CreateVeth(VethLinkSpec spec)
    {
        NetlinkMessageWriter writer = BeginLink(spec, "create veth");
        WriteQueues(ref writer, spec.Queues);
        NestedStart info = BeginKind(ref writer, "veth");
        NestedStart data = writer.BeginNested(RtNetlinkConstants.IFLA_INFO_DATA);
        NestedStart peer = writer.BeginNested(RtNetlinkConstants.VETH_INFO_PEER);
        WriteInterfaceHeader(ref writer, spec.PeerIndex ?? 0);
        WriteIdentity(ref writer, spec.PeerName, spec.PeerAddress, spec.PeerMtu, spec.PeerNamespaceDescriptor);
        WriteQueues(ref writer, spec.Queues);
        writer.EndNested(peer);
        EndLink(ref writer, info, data);
    }

    /// <summary>Creates a VXLAN tunnel; a link of that name is an error.</summary>
    public void CreateVxlan(VxlanLinkSpec spec)
    {
        NetlinkMessageWriter writer = BeginLink(spec, "create vxlan");
        NestedStart info = BeginKind(ref writer, "vxlan");
        NestedStart data = writer.BeginNested(RtNetlinkConstants.IFLA_INFO_DATA);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_VXLAN_ID, spec.Vni);
        writer.WriteAttributeBigEndian(RtNetlinkConstants.IFLA_VXLAN_PORT, spec.Port);
        WriteTunnelEnd(ref writer, spec.Local, RtNetlinkConstants.IFLA_VXLAN_LOCAL, RtNetlinkConstants.IFLA_VXLAN_LOCAL6);
        WriteTunnelEnd(ref writer, spec.Remote, RtNetlinkConstants.IFLA_VXLAN_GROUP, RtNetlinkConstants.IFLA_VXLAN_GROUP6);
        if (spec.Link is { } link)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_VXLAN_LINK, link);
        }

        if (spec.TimeToLive is { } hops)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_VXLAN_TTL, hops);
        }

        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_VXLAN_LEARNING, spec.Learning);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_VXLAN_PROXY, spec.Proxy);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_VXLAN_L2MISS, spec.L2Miss);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_VXLAN_L3MISS, spec.L3Miss);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_VXLAN_UDP_CSUM, spec.UdpChecksum);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_VXLAN_UDP_ZERO_CSUM6_TX, spec.UdpZeroChecksum6Transmit);
        WriteSwitch(ref writer, RtNetlinkConstants.IFLA_VXLAN_UDP_ZERO_CSUM6_RX, spec.UdpZeroChecksum6Receive);
        EndLink(ref writer, info, data);
    }

    /// <summary>Creates a macvlan interface; a link of that name is an error.</summary>
    public void CreateMacvlan(MacvlanLinkSpec spec)
    {
        NetlinkMessageWriter writer = BeginLink(spec, "create macvlan");
        writer.WriteAttribute(RtNetlinkConstants.IFLA_LINK, spec.Parent);
        NestedStart info = BeginKind(ref writer, "macvlan");
        NestedStart data = writer.BeginNested(RtNetlinkConstants.IFLA_INFO_DATA);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_MACVLAN_MODE, (uint)spec.Mode);
        EndLink(ref writer, info, data);
    }

    /// <summary>Creates an ipvlan interface; a link of that name is an error.</summary>
    public void CreateIpvlan(IpvlanLinkSpec spec)
    {
        NetlinkMessageWriter writer = BeginLink(spec, "create ipvlan");
        writer.WriteAttribute(RtNetlinkConstants.IFLA_LINK, spec.Parent);
        NestedStart info = BeginKind(ref writer, "ipvlan");
        NestedStart data = writer.BeginNested(RtNetlinkConstants.IFLA_INFO_DATA);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_IPVLAN_MODE, (ushort)spec.Mode);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_IPVLAN_FLAGS, (ushort)spec.Flags);
        EndLink(ref writer, info, data);
    }

    /// <summary>Creates a dummy interface; a link of that name is an error.</summary>
    public void CreateDummy(DummyLinkSpec spec) => CreatePlain(spec, "create dummy", "dummy");

    /// <summary>Creates a WireGuard tunnel; a link of that name is an error.</summary>
    public void CreateWireGuard(WireGuardLinkSpec spec) => CreatePlain(spec, "create wireguard", "wireguard");

    /// <summary>Creates a VLAN interface; a link of that name is an error.</summary>
    public void CreateVlan(VlanLinkSpec spec)
    {
        NetlinkMessageWriter writer = BeginLink(spec, "create vlan");
        writer.WriteAttribute(RtNetlinkConstants.IFLA_LINK, spec.Parent);
        NestedStart info = BeginKind(ref writer, "vlan");
        NestedStart data = writer.BeginNested(RtNetlinkConstants.IFLA_INFO_DATA);
        writer.WriteAttribute(RtNetlinkConstants.IFLA_VLAN_ID, spec.Id);
        writer.WriteAttributeBigEndian(RtNetlinkConstants.IFLA_VLAN_PROTOCOL, (ushort)spec.Protocol);
        EndLink(ref writer, info, data);
    }

    /// <summary>Creates a link of a kind that needs no data of its own.</summary>
    internal void CreatePlain(LinkSpec spec, string operation, string kind)
    {
        NetlinkMessageWriter writer = BeginLink(spec, operation);
        NestedStart info = BeginKind(ref writer, kind);
        writer.EndNested(info);
        _batch.End(ref writer);
    }

    private NetlinkMessageWriter BeginLink(LinkSpec spec, string operation)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NetlinkMessageWriter writer = _batch.Begin(RtNetlinkConstants.RTM_NEWLINK, CreateNew, operation, spec.Name);
        uint up = spec.Up ? RtNetlinkConstants.IFF_UP : 0;
        WriteInterfaceHeader(ref writer, spec.Index ?? 0, up, up);
        WriteIdentity(ref writer, spec.Name, spec.Address, spec.Mtu, spec.NamespaceDescriptor);
        if (spec.Master is { } master)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_MASTER, master);
        }

        if (spec.Group != 0)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_GROUP, spec.Group);
        }

        if (spec.TransmitQueueLength is { } packets)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_TXQLEN, packets);
        }

        return writer;
    }

    private void EndLink(ref NetlinkMessageWriter writer, NestedStart info, NestedStart data)
    {
        writer.EndNested(data);
        writer.EndNested(info);
        _batch.End(ref writer);
    }

    private static NestedStart BeginKind(ref NetlinkMessageWriter writer, string kind)
    {
        NestedStart info = writer.BeginNested(RtNetlinkConstants.IFLA_LINKINFO);
        writer.WriteString(RtNetlinkConstants.IFLA_INFO_KIND, kind);
        return info;
    }

    private static void WriteIdentity(
        ref NetlinkMessageWriter writer, string name, PhysicalAddress? address, uint? mtu, int? namespaceDescriptor)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        writer.WriteString(RtNetlinkConstants.IFLA_IFNAME, name);
        if (address is not null)
        {
            WriteHardwareAddress(ref writer, RtNetlinkConstants.IFLA_ADDRESS, address);
        }

        if (mtu is { } bytes)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_MTU, bytes);
        }

        if (namespaceDescriptor is { } descriptor)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_NET_NS_FD, descriptor);
        }
    }

    private static void WriteQueues(ref NetlinkMessageWriter writer, uint? queues)
    {
        if (queues is { } count)
        {
            writer.WriteAttribute(RtNetlinkConstants.IFLA_NUM_TX_QUEUES, count);
            writer.WriteAttribute(RtNetlinkConstants.IFLA_NUM_RX_QUEUES, count);
        }
    }

    private static void WriteTunnelEnd(ref NetlinkMessageWriter writer, IPAddress? address, ushort type, ushort type6)
    {
        if (address is not null)
        {
            WriteAddress(ref writer, address.AddressFamily == AddressFamily.InterNetwork ? type : type6, address);
        }
    }
}

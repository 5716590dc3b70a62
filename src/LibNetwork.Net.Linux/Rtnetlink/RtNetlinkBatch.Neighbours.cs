using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Rtnetlink.RtNetlinkConstants;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    /// <summary>Says for good which hardware address an address has on a link.</summary>
    public void AddNeighbour(int index, IPAddress address, PhysicalAddress hardwareAddress)
        => WriteNeighbour(
            RTM_NEWNEIGH, NetlinkFlags.Create | NetlinkFlags.Replace, "add neighbour", index, address, hardwareAddress, isForwarding: false);

    /// <summary>Forgets a neighbour; one that is not there is not an error.</summary>
    public void RemoveNeighbour(int index, IPAddress address)
        => WriteNeighbour(RTM_DELNEIGH, NetlinkFlags.None, "remove neighbour", index, address, hardwareAddress: null, isForwarding: false);

    /// <summary>Says for good behind which peer of a VXLAN link a hardware address is.</summary>
    public void AddForwardingEntry(int index, PhysicalAddress hardwareAddress, IPAddress peer)
        => WriteNeighbour(
            RTM_NEWNEIGH, NetlinkFlags.Create | NetlinkFlags.Replace, "add forwarding entry", index, peer, hardwareAddress, isForwarding: true);

    /// <summary>Forgets behind which peer a hardware address is; an entry that is not there is not an error.</summary>
    public void RemoveForwardingEntry(int index, PhysicalAddress hardwareAddress, IPAddress peer)
        => WriteNeighbour(RTM_DELNEIGH, NetlinkFlags.None, "remove forwarding entry", index, peer, hardwareAddress, isForwarding: true);

    private void WriteNeighbour(
        ushort message, NetlinkFlags flags, string operation, int index, IPAddress address, PhysicalAddress? hardwareAddress, bool isForwarding)
    {
        ArgumentNullException.ThrowIfNull(address);
        NetlinkMessageWriter writer = _batch.Begin(
            message, flags, operation, address.ToString(), message == RTM_DELNEIGH ? LinuxErrno.ENOENT : 0);
        Span<byte> header = writer.WriteFamilyHeader(NeighbourHeaderSize);
        header[0] = isForwarding ? AF_BRIDGE : Family(address.AddressFamily);
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], NUD_PERMANENT);
        header[10] = isForwarding ? NTF_SELF : (byte)0;
        WriteBytes(ref writer, NDA_DST, address);
        if (hardwareAddress is not null)
        {
            writer.WriteAttribute(NDA_LLADDR, hardwareAddress.GetAddressBytes());
        }

        _batch.End(ref writer);
    }
}

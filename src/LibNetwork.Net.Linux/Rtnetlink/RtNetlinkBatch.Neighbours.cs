using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    private const NetlinkFlags CreateOrReplace = NetlinkFlags.Create | NetlinkFlags.Replace;

    /// <summary>Says for good which hardware address an address on a link has; replaces what was known.</summary>
    public void AddNeighbour(int index, IPAddress address, PhysicalAddress hardwareAddress)
    {
        ArgumentNullException.ThrowIfNull(hardwareAddress);
        WriteNeighbour(RtNetlinkConstants.RTM_NEWNEIGH, CreateOrReplace, "add neighbour", index, address, hardwareAddress, toleratedErrno: 0);
    }

    /// <summary>Forgets the hardware address of an address on a link; one that is not known is not an error.</summary>
    public void RemoveNeighbour(int index, IPAddress address)
        => WriteNeighbour(
            RtNetlinkConstants.RTM_DELNEIGH, NetlinkFlags.None, "remove neighbour", index, address, hardwareAddress: null, LinuxErrno.ENOENT);

    /// <summary>Says for good where a station is: on this link or, for a tunnel, behind a remote end.</summary>
    /// <remarks>
    /// A station has one place and a new entry replaces the old one. The address of zeros, which stands for unknown stations and for
    /// broadcasts, and multicast addresses have many places, and a new entry is one more.
    /// </remarks>
    /// <param name="index">The link.</param>
    /// <param name="hardwareAddress">The station's hardware address.</param>
    /// <param name="remote">The remote end of the tunnel; <see langword="null"/> for a link that is no tunnel.</param>
    public void AddForwardingEntry(int index, PhysicalAddress hardwareAddress, IPAddress? remote = null)
        => WriteForwardingEntry(RtNetlinkConstants.RTM_NEWNEIGH, "add forwarding entry", index, hardwareAddress, remote, toleratedErrno: 0);

    /// <summary>Forgets where a station is; an entry that is not there is not an error.</summary>
    /// <param name="index">The link.</param>
    /// <param name="hardwareAddress">The station's hardware address.</param>
    /// <param name="remote">The remote end whose entry is meant; <see langword="null"/> for the station's only one.</param>
    public void RemoveForwardingEntry(int index, PhysicalAddress hardwareAddress, IPAddress? remote = null)
        => WriteForwardingEntry(
            RtNetlinkConstants.RTM_DELNEIGH, "remove forwarding entry", index, hardwareAddress, remote, LinuxErrno.ENOENT);

    private static void WriteNeighbourHeader(ref NetlinkMessageWriter writer, byte family, int index, byte flags)
    {
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.NeighbourHeaderSize);
        header[0] = family;
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], RtNetlinkConstants.NUD_PERMANENT);
        header[10] = flags;
    }

    private void WriteNeighbour(
        ushort type, NetlinkFlags flags, string operation, int index, IPAddress address, PhysicalAddress? hardwareAddress, int toleratedErrno)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        byte family = Family(address);
        NetlinkMessageWriter writer = _batch.BeginAbout(type, flags, operation, address, index, toleratedErrno);
        WriteNeighbourHeader(ref writer, family, index, flags: 0);
        WriteAddress(ref writer, RtNetlinkConstants.NDA_DST, address);
        if (hardwareAddress is not null)
        {
            WriteHardwareAddress(ref writer, RtNetlinkConstants.NDA_LLADDR, hardwareAddress);
        }

        _batch.End(ref writer);
    }

    private void WriteForwardingEntry(
        ushort type, string operation, int index, PhysicalAddress hardwareAddress, IPAddress? remote, int toleratedErrno)
    {
        ArgumentNullException.ThrowIfNull(hardwareAddress);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        byte[] station = hardwareAddress.GetAddressBytes();   // the class shows its bytes in no other way
        NetlinkFlags flags = type == RtNetlinkConstants.RTM_DELNEIGH
            ? NetlinkFlags.None
            : HasManyPlaces(station) ? NetlinkFlags.Create | NetlinkFlags.Append : CreateOrReplace;
        NetlinkMessageWriter writer = _batch.BeginAbout(type, flags, operation, hardwareAddress, index, toleratedErrno);
        WriteNeighbourHeader(ref writer, RtNetlinkConstants.AF_BRIDGE, index, RtNetlinkConstants.NTF_SELF);
        writer.WriteAttribute(RtNetlinkConstants.NDA_LLADDR, station);
        if (remote is not null)
        {
            WriteAddress(ref writer, RtNetlinkConstants.NDA_DST, remote);
        }

        _batch.End(ref writer);
    }

    private static bool HasManyPlaces(ReadOnlySpan<byte> station)
        => !station.ContainsAnyExcept((byte)0) || (station[0] & 1) != 0;   // the group bit of an Ethernet address
}

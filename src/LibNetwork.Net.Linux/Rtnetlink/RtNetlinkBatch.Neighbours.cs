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

    /// <summary>Says for good that a station is behind a tunnel: to the bridge that the tunnel is a port of, and to the tunnel behind which end.</summary>
    /// <remarks>What arrives by another port in the station's name does not move it. A new entry replaces the old one.</remarks>
    /// <param name="index">The tunnel.</param>
    /// <param name="hardwareAddress">The station's hardware address.</param>
    /// <param name="remote">The remote end of the tunnel.</param>
    public void AddTunnelStation(int index, PhysicalAddress hardwareAddress, IPAddress remote)
    {
        ArgumentNullException.ThrowIfNull(remote);

        // To the bridge "permanent" is a station of its own; this is what both keep for good.
        WriteForwardingEntry(
            RtNetlinkConstants.RTM_NEWNEIGH, CreateOrReplace, "add tunnel station", index, hardwareAddress, remote,
            (ushort)(RtNetlinkConstants.NUD_NOARP | RtNetlinkConstants.NUD_REACHABLE),
            (byte)(RtNetlinkConstants.NTF_SELF | RtNetlinkConstants.NTF_MASTER | RtNetlinkConstants.NTF_STICKY), toleratedErrno: 0);
    }

    /// <summary>Takes back <see cref="AddTunnelStation"/>; a station that is not known is not an error.</summary>
    public void RemoveTunnelStation(int index, PhysicalAddress hardwareAddress)
    {
        // One by one: a bridge that has forgotten the station would keep the request from the tunnel.
        foreach (byte place in (ReadOnlySpan<byte>)[RtNetlinkConstants.NTF_SELF, RtNetlinkConstants.NTF_MASTER])
        {
            WriteForwardingEntry(
                RtNetlinkConstants.RTM_DELNEIGH, NetlinkFlags.None, "remove tunnel station", index, hardwareAddress, remote: null,
                RtNetlinkConstants.NUD_PERMANENT, place, LinuxErrno.ENOENT);
        }
    }

    private static void WriteNeighbourHeader(
        ref NetlinkMessageWriter writer, byte family, int index, byte flags, ushort state = RtNetlinkConstants.NUD_PERMANENT)
    {
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.NeighbourHeaderSize);
        header[0] = family;
        MemoryMarshal.Write(header[4..], index);
        MemoryMarshal.Write(header[8..], state);
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
        NetlinkFlags flags = type == RtNetlinkConstants.RTM_DELNEIGH
            ? NetlinkFlags.None
            : HasManyPlaces(hardwareAddress.GetAddressBytes()) ? NetlinkFlags.Create | NetlinkFlags.Append : CreateOrReplace;
        WriteForwardingEntry(
            type, flags, operation, index, hardwareAddress, remote, RtNetlinkConstants.NUD_PERMANENT, RtNetlinkConstants.NTF_SELF, toleratedErrno);
    }

    private void WriteForwardingEntry(
        ushort type, NetlinkFlags flags, string operation, int index, PhysicalAddress hardwareAddress, IPAddress? remote, ushort state, byte place,
        int toleratedErrno)
    {
        ArgumentNullException.ThrowIfNull(hardwareAddress);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        NetlinkMessageWriter writer = _batch.BeginAbout(type, flags, operation, hardwareAddress, index, toleratedErrno);
        WriteNeighbourHeader(ref writer, RtNetlinkConstants.AF_BRIDGE, index, place, state);
        WriteHardwareAddress(ref writer, RtNetlinkConstants.NDA_LLADDR, hardwareAddress);
        if (remote is not null)
        {
            WriteAddress(ref writer, RtNetlinkConstants.NDA_DST, remote);
        }

        _batch.End(ref writer);
    }

    private static bool HasManyPlaces(ReadOnlySpan<byte> station)
        => !station.ContainsAnyExcept((byte)0) || (station[0] & 1) != 0;   // the group bit of an Ethernet address
}

using System.Net;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    /// <summary>Gives a link an address; one that it has already is an error (<see cref="LinuxErrno.EEXIST"/>).</summary>
    /// <param name="index">The link.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">The length of its subnet's prefix, in bits; the kernel adds the route to the subnet.</param>
    /// <param name="noDuplicateDetection">For IPv6: use the address at once, without the second of asking whether another has it.</param>
    public void AddAddress(int index, IPAddress address, int prefixLength, bool noDuplicateDetection = true)
    {
        ArgumentNullException.ThrowIfNull(address);
        byte flags = noDuplicateDetection && Family(address) == RtNetlinkConstants.AF_INET6 ? RtNetlinkConstants.IFA_F_NODAD : (byte)0;
        WriteAddressRequest(RtNetlinkConstants.RTM_NEWADDR, CreateNew, "add address", index, address, prefixLength, flags, toleratedErrno: 0);
    }

    /// <summary>Takes an address off a link; one that it does not have is not an error.</summary>
    public void RemoveAddress(int index, IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        WriteAddressRequest(
            RtNetlinkConstants.RTM_DELADDR, NetlinkFlags.None, "remove address", index, address, prefixLength, flags: 0, LinuxErrno.EADDRNOTAVAIL);
    }

    private void WriteAddressRequest(
        ushort type, NetlinkFlags messageFlags, string operation, int index, IPAddress address, int prefixLength, byte flags, int toleratedErrno)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        ThrowIfLonger(prefixLength, address, nameof(prefixLength));
        NetlinkMessageWriter writer = _batch.BeginAbout(type, messageFlags, operation, address, index, toleratedErrno);
        Span<byte> header = writer.WriteFamilyHeader(RtNetlinkConstants.AddressHeaderSize);
        header[0] = Family(address);
        header[1] = (byte)prefixLength;
        header[2] = flags;
        MemoryMarshal.Write(header[4..], index);
        WriteAddress(ref writer, RtNetlinkConstants.IFA_LOCAL, address);
        WriteAddress(ref writer, RtNetlinkConstants.IFA_ADDRESS, address);
        _batch.End(ref writer);
    }
}

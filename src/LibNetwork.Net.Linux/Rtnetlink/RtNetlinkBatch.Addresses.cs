using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Rtnetlink.RtNetlinkConstants;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlinkBatch
{
    private const int MaxAddressBytes = 16;

    /// <summary>Gives a link an address.</summary>
    /// <param name="index">The link.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">The length of its subnet's prefix, in bits.</param>
    /// <param name="noDuplicateDetection">Whether an IPv6 address is usable at once, without a second of waiting for objections.</param>
    public void AddAddress(int index, IPAddress address, int prefixLength, bool noDuplicateDetection = true)
    {
        NetlinkMessageWriter writer = _batch.Begin(RTM_NEWADDR, CreateExclusive, "add address", $"{address}/{prefixLength}");
        WriteAddress(ref writer, index, address, prefixLength, noDuplicateDetection);
    }

    /// <summary>Takes an address off a link; one that is not there is not an error.</summary>
    public void RemoveAddress(int index, IPAddress address, int prefixLength)
    {
        NetlinkMessageWriter writer = _batch.Begin(
            RTM_DELADDR, NetlinkFlags.None, "remove address", $"{address}/{prefixLength}", LinuxErrno.EADDRNOTAVAIL);
        WriteAddress(ref writer, index, address, prefixLength, noDuplicateDetection: false);
    }

    private static byte Family(AddressFamily family) => family == AddressFamily.InterNetwork ? AF_INET : AF_INET6;

    private void WriteAddress(ref NetlinkMessageWriter writer, int index, IPAddress address, int prefixLength, bool noDuplicateDetection)
    {
        Span<byte> header = writer.WriteFamilyHeader(AddressHeaderSize);
        header[0] = Family(address.AddressFamily);
        header[1] = checked((byte)prefixLength);
        header[2] = noDuplicateDetection && address.AddressFamily == AddressFamily.InterNetworkV6 ? IFA_F_NODAD : (byte)0;
        MemoryMarshal.Write(header[4..], index);
        Span<byte> bytes = stackalloc byte[MaxAddressBytes];
        address.TryWriteBytes(bytes, out int length);
        writer.WriteAttribute(IFA_LOCAL, bytes[..length]);
        writer.WriteAttribute(IFA_ADDRESS, bytes[..length]);
        _batch.End(ref writer);
    }
}

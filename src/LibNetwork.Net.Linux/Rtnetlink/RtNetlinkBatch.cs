using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Changes to a namespace's links, addresses, routes, rules and neighbours that travel in one send.</summary>
/// <remarks>Each method appends one message; nothing reaches the kernel before <see cref="RtNetlink.Execute"/>.</remarks>
public sealed partial class RtNetlinkBatch
{
    private const int AddressBytes = 16;   // an IPv6 address

    private readonly NetlinkBatch _batch;

    internal RtNetlinkBatch(NetlinkBatch batch) => _batch = batch;

    internal static byte Family(IPAddress address) => Family(address.AddressFamily);

    private static byte Family(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => RtNetlinkConstants.AF_INET,
        AddressFamily.InterNetworkV6 => RtNetlinkConstants.AF_INET6,
        _ => throw new ArgumentException($"The address family is {family}, neither IPv4 nor IPv6.", nameof(family)),
    };

    internal static void WriteAddress(ref NetlinkMessageWriter writer, ushort type, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[AddressBytes];
        address.TryWriteBytes(bytes, out int length);   // never fails: 16 bytes hold either family
        writer.WriteAttribute(type, bytes[..length]);
    }

    private static void WriteHardwareAddress(ref NetlinkMessageWriter writer, ushort type, PhysicalAddress address)
        => writer.WriteAttribute(type, address.GetAddressBytes());   // the class shows its bytes in no other way

    private static void WriteSwitch(ref NetlinkMessageWriter writer, ushort type, bool? value)
    {
        if (value is { } on)
        {
            writer.WriteAttribute(type, on ? (byte)1 : (byte)0);
        }
    }

    private static void ThrowIfLonger(int prefixLength, IPAddress address, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            prefixLength, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128, parameter);
    }
}

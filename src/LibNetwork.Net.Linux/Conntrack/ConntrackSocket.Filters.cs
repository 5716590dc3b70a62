using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Conntrack.ConntrackConstants;

namespace LibNetwork.Linux.Conntrack;

/// <content>Deleting where the kernel finds the flows itself (Linux 6.11): a listing takes a lock for each of its buckets, a hundred times as long.</content>
public sealed partial class ConntrackSocket
{
    private bool _kernelTakesFilters = true;   // until it says that it does not

    /// <summary>Deletes the flows that fit one of the filters. One that began meanwhile may stay.</summary>
    /// <remarks>Cheap, whatever the table's size, for filters that say a family or an address and neither zone nor mark.</remarks>
    /// <exception cref="KernelException">The kernel refused, or has no connection tracking.</exception>
    public void Delete(IReadOnlyCollection<ConntrackFilter> filters)
    {
        ArgumentNullException.ThrowIfNull(filters);
        if (filters.Count > 0 && !(_kernelTakesFilters && filters.All(IsForKernel) && TryDelete(filters)))
        {
            Delete(flow => filters.Any(filter => filter.Matches(flow)));
        }
    }

    private bool TryDelete(IReadOnlyCollection<ConntrackFilter> filters)
    {
        try
        {
            foreach (ConntrackFilter[] part in filters.Chunk(DeletesPerSend))
            {
                foreach (ConntrackFilter filter in part)
                {
                    Write(filter);
                }

                _socket.Execute(_batch);
            }

            return true;
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.EINVAL or LinuxErrno.EOPNOTSUPP)
        {
            // An older kernel misses the rest of the flow, of which it could delete exactly one, or says that it has no such filters.
            _kernelTakesFilters = false;
            return false;
        }
    }

    /// <summary>What a tuple can say. Never nothing, which would delete all flows.</summary>
    private static bool IsForKernel(ConntrackFilter filter) => filter is { Zone: null, Mark: null }
        && (Flags(Original(filter)) | Flags(Reply(filter))) != 0
        && (filter.Protocol is not null || (filter.OriginalDestinationPort is null && filter.ReplySourcePort is null))
        && FamilyOf(filter) is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    private void Write(ConntrackFilter filter)
    {
        const byte NetfilterIPv4 = 2, NetfilterIPv6 = 10, FamilyCounts = 1;   // NFPROTO_*; the version from which on the family is looked at
        NetlinkMessageWriter writer = _batch.Begin(MessageType(IPCTNL_MSG_CT_DELETE), NetlinkFlags.None, "delete flows", filter.ToString(), room: DeleteRoom);
        Span<byte> header = writer.WriteFamilyHeader(FamilyHeaderSize);
        header[0] = FamilyOf(filter) == AddressFamily.InterNetwork ? NetfilterIPv4 : NetfilterIPv6;
        header[1] = FamilyCounts;
        Side original = Original(filter), reply = Reply(filter);
        WriteTuple(ref writer, CTA_TUPLE_ORIG, original);
        WriteTuple(ref writer, CTA_TUPLE_REPLY, reply);
        NestedStart flags = writer.BeginNested(CTA_FILTER);
        writer.WriteAttribute(CTA_FILTER_ORIG_FLAGS, Flags(original));
        writer.WriteAttribute(CTA_FILTER_REPLY_FLAGS, Flags(reply));
        writer.EndNested(flags);
        _batch.End(ref writer);
    }

    private static void WriteTuple(ref NetlinkMessageWriter writer, ushort attribute, Side side)
    {
        if (Flags(side) == 0)
        {
            return;
        }

        NestedStart tuple = writer.BeginNested(attribute);
        if (side.Source is not null || side.Destination is not null)
        {
            NestedStart addresses = writer.BeginNested(CTA_TUPLE_IP);
            WriteAddress(ref writer, CTA_IP_V4_SRC, CTA_IP_V6_SRC, side.Source);
            WriteAddress(ref writer, CTA_IP_V4_DST, CTA_IP_V6_DST, side.Destination);
            writer.EndNested(addresses);
        }

        if (side.Protocol is { } protocol)
        {
            NestedStart transport = writer.BeginNested(CTA_TUPLE_PROTO);
            writer.WriteAttribute(CTA_PROTO_NUM, protocol);
            WritePort(ref writer, CTA_PROTO_SRC_PORT, side.SourcePort);
            WritePort(ref writer, CTA_PROTO_DST_PORT, side.DestinationPort);
            writer.EndNested(transport);
        }

        writer.EndNested(tuple);
    }

    private static void WriteAddress(ref NetlinkMessageWriter writer, ushort ipv4, ushort ipv6, IPAddress? address)
    {
        if (address is not null)
        {
            writer.WriteAttribute(address.AddressFamily == AddressFamily.InterNetwork ? ipv4 : ipv6, address.GetAddressBytes());
        }
    }

    private static void WritePort(ref NetlinkMessageWriter writer, ushort attribute, ushort? port)
    {
        if (port is { } number)
        {
            writer.WriteAttributeBigEndian(attribute, number);
        }
    }

    private static Side Original(ConntrackFilter filter)
        => new(filter.OriginalSource, filter.OriginalDestination, filter.Protocol, SourcePort: null, filter.OriginalDestinationPort);

    /// <summary>The protocol is the same both ways, so the other side's says it.</summary>
    private static Side Reply(ConntrackFilter filter) => new(
        filter.ReplySource, filter.ReplyDestination, filter.ReplySourcePort is null ? null : filter.Protocol, filter.ReplySourcePort, DestinationPort: null);

    private static uint Flags(Side side) => (side.Source is null ? 0 : CTA_FILTER_F_CTA_IP_SRC)
        | (side.Destination is null ? 0 : CTA_FILTER_F_CTA_IP_DST)
        | (side.Protocol is null ? 0 : CTA_FILTER_F_CTA_PROTO_NUM)
        | (side.SourcePort is null ? 0 : CTA_FILTER_F_CTA_PROTO_SRC_PORT)
        | (side.DestinationPort is null ? 0 : CTA_FILTER_F_CTA_PROTO_DST_PORT);

    private static AddressFamily? FamilyOf(ConntrackFilter filter) => filter.Family
        ?? (filter.OriginalSource ?? filter.OriginalDestination ?? filter.ReplySource ?? filter.ReplyDestination)?.AddressFamily;

    private readonly record struct Side(IPAddress? Source, IPAddress? Destination, byte? Protocol, ushort? SourcePort, ushort? DestinationPort);
}

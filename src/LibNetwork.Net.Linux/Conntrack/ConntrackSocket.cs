using System.Net;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Nftables;
using static LibNetwork.Linux.Conntrack.ConntrackConstants;

namespace LibNetwork.Linux.Conntrack;

/// <summary>The flows that the kernel tracks in one network namespace. Used on one thread at a time.</summary>
public sealed partial class ConntrackSocket : IDisposable
{
    private const int FamilyHeaderSize = 4;   // struct nfgenmsg
    private const int DeletesPerSend = 256;
    private const int DeleteRoom = 512;

    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch;

    internal ConntrackSocket(NetlinkSocket socket, NetlinkBatch batch)
    {
        _socket = socket;
        _batch = batch;
    }

    /// <summary>Lists the flows that fit a filter, IPv4 and IPv6.</summary>
    /// <exception cref="KernelException">The kernel refused, or has no connection tracking.</exception>
    public IReadOnlyList<ConntrackFlow> List(ConntrackFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return List(filter.Matches);
    }

    private IReadOnlyList<ConntrackFlow> List(Func<ConntrackFlow, bool> isMeant)
    {
        _batch.Clear();
        NetlinkMessageWriter writer = _batch.Begin(MessageType(IPCTNL_MSG_CT_GET), NetlinkFlags.Dump, "list flows", string.Empty);
        writer.WriteFamilyHeader(FamilyHeaderSize);
        _batch.End(ref writer);
        return _socket.Dump(_batch, (in NetlinkMessage message) => Parse(message) is { } flow && isMeant(flow) ? flow : null);
    }

    /// <summary>Deletes the flows that fit a filter. One that ended meanwhile is not an error; one that began meanwhile stays.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="KernelException">The kernel refused, or has no connection tracking.</exception>
    public int Delete(ConntrackFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Delete(filter.Matches);
    }

    /// <summary>Deletes the flows that are meant. One that ended meanwhile is not an error; one that began meanwhile stays.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="KernelException">The kernel refused, or has no connection tracking.</exception>
    public int Delete(Func<ConntrackFlow, bool> isMeant)
    {
        ArgumentNullException.ThrowIfNull(isMeant);
        IReadOnlyList<ConntrackFlow> flows = List(isMeant);
        foreach (ConntrackFlow[] part in flows.Chunk(DeletesPerSend))
        {
            foreach (ConntrackFlow flow in part)
            {
                Write(flow);
            }

            _socket.Execute(_batch);
        }

        return flows.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Write(ConntrackFlow flow)
    {
        NetlinkMessageWriter writer = _batch.Begin(
            MessageType(IPCTNL_MSG_CT_DELETE), NetlinkFlags.None, "delete flow", flow.ToString(), LinuxErrno.ENOENT, DeleteRoom);
        writer.WriteFamilyHeader(FamilyHeaderSize)[0] = flow.Family;
        NestedStart tuple = writer.BeginNested(CTA_TUPLE_ORIG);
        NetlinkAttributeReader attributes = new(flow.OriginalAttributes);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            writer.WriteAttribute((ushort)(attribute.Type | NestedFlag(attribute.Type)), attribute.Payload);
        }

        writer.EndNested(tuple);
        if (flow.Zone != 0)
        {
            writer.WriteAttributeBigEndian(CTA_ZONE, flow.Zone);
        }

        // The number makes sure that it is this flow and not a newer one of the same addresses.
        writer.WriteAttributeBigEndian(CTA_ID, flow.Id);
        _batch.End(ref writer);
    }

    private static ushort NestedFlag(ushort type)
    {
        const ushort NlaNested = 0x8000;
        return type is CTA_TUPLE_IP or CTA_TUPLE_PROTO ? NlaNested : (ushort)0;
    }

    private static ushort MessageType(ushort message) => (ushort)((NFNL_SUBSYS_CTNETLINK << 8) | message);

    internal static ConntrackFlow? Parse(in NetlinkMessage message)
    {
        if (message.Type != MessageType(IPCTNL_MSG_CT_NEW))
        {
            return null;
        }

        ConntrackTuple? original = null;
        ConntrackTuple? reply = null;
        byte[] originalAttributes = [];
        NftCtStatus status = NftCtStatus.None;
        uint mark = 0;
        uint id = 0;
        uint timeout = 0;
        ushort zone = 0;
        NetlinkAttributeReader attributes = message.Attributes(FamilyHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case CTA_TUPLE_ORIG:
                    original = ParseTuple(attribute.Nested());
                    originalAttributes = attribute.Payload.ToArray();
                    break;
                case CTA_TUPLE_REPLY:
                    reply = ParseTuple(attribute.Nested());
                    break;
                case CTA_STATUS:
                    status = (NftCtStatus)attribute.AsUInt32BigEndian();
                    break;
                case CTA_MARK:
                    mark = attribute.AsUInt32BigEndian();
                    break;
                case CTA_ID:
                    id = attribute.AsUInt32BigEndian();
                    break;
                case CTA_TIMEOUT:
                    timeout = attribute.AsUInt32BigEndian();
                    break;
                case CTA_ZONE:
                    zone = attribute.AsUInt16BigEndian();
                    break;
            }
        }

        return original is null || reply is null
            ? null
            : new ConntrackFlow(message.Payload[0], original, reply)
            {
                OriginalAttributes = originalAttributes,
                Status = status,
                Mark = mark,
                Id = id,
                Timeout = TimeSpan.FromSeconds(timeout),
                Zone = zone,
            };
    }

    private static ConntrackTuple? ParseTuple(NetlinkAttributeReader attributes)
    {
        IPAddress? source = null;
        IPAddress? destination = null;
        byte protocol = 0;
        ushort sourcePort = 0;
        ushort destinationPort = 0;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            NetlinkAttributeReader nested = attribute.Type is CTA_TUPLE_IP or CTA_TUPLE_PROTO ? attribute.Nested() : default;
            while (nested.TryRead(out NetlinkAttribute part))
            {
                switch (attribute.Type, part.Type)
                {
                    case (CTA_TUPLE_IP, CTA_IP_V4_SRC or CTA_IP_V6_SRC):
                        source = ReadAddress(part);
                        break;
                    case (CTA_TUPLE_IP, CTA_IP_V4_DST or CTA_IP_V6_DST):
                        destination = ReadAddress(part);
                        break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_NUM):
                        protocol = part.AsByte();
                        break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_SRC_PORT):
                        sourcePort = part.AsUInt16BigEndian();
                        break;
                    case (CTA_TUPLE_PROTO, CTA_PROTO_DST_PORT):
                        destinationPort = part.AsUInt16BigEndian();
                        break;
                }
            }
        }

        return source is null || destination is null ? null : new ConntrackTuple(source, destination, protocol, sourcePort, destinationPort);
    }

    private static IPAddress ReadAddress(in NetlinkAttribute attribute)
    {
        const int IPv4Length = 4;
        const int IPv6Length = 16;
        if (attribute.Payload.Length is not (IPv4Length or IPv6Length))
        {
            ThrowHelper.ThrowMalformed($"an address has {attribute.Payload.Length} bytes");
        }

        return new IPAddress(attribute.Payload);
    }
}

using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Rtnetlink.RtNetlinkConstants;

namespace LibNetwork.Linux.Rtnetlink;

public sealed partial class RtNetlink
{
    private const int StatisticsBytes = 8 * sizeof(ulong);

    /// <summary>Finds a link by name.</summary>
    /// <returns>The link, or <see langword="null"/>.</returns>
    public LinkInfo? FindLink(string name) => FindLink(0, name, ParseLink, RTEXT_FILTER_SKIP_STATS);

    /// <summary>Finds a link by index.</summary>
    /// <returns>The link, or <see langword="null"/>.</returns>
    public LinkInfo? FindLink(int index) => FindLink(index, null, ParseLink, RTEXT_FILTER_SKIP_STATS);

    /// <summary>Reads a link's counters.</summary>
    /// <returns>The counters, or <see langword="null"/> when there is no such link.</returns>
    public LinkStatistics? ReadStatistics(int index) => FindLink(index, null, ParseStatistics, extendedMask: 0);

    /// <summary>Reads all links.</summary>
    public IReadOnlyList<LinkInfo> DumpLinks()
    {
        BeginDump(RTM_GETLINK, InterfaceHeaderSize, AF_UNSPEC, "dump links");
        return _socket.Dump(_batch, ParseLink);
    }

    /// <summary>Reads all addresses.</summary>
    public IReadOnlyList<AddressInfo> DumpAddresses()
    {
        BeginDump(RTM_GETADDR, AddressHeaderSize, AF_UNSPEC, "dump addresses");
        return _socket.Dump(_batch, ParseAddress);
    }

    /// <summary>Reads the routes of all tables.</summary>
    public IReadOnlyList<RouteInfo> DumpRoutes()
    {
        List<RouteInfo> routes = [];
        foreach (byte family in (ReadOnlySpan<byte>)[AF_INET, AF_INET6])
        {
            BeginDump(RTM_GETROUTE, RouteHeaderSize, family, "dump routes");
            routes.AddRange(_socket.Dump(_batch, ParseRoute));
        }

        return routes;
    }

    /// <summary>Reads all neighbours.</summary>
    public IReadOnlyList<NeighbourInfo> DumpNeighbours()
    {
        BeginDump(RTM_GETNEIGH, NeighbourHeaderSize, AF_UNSPEC, "dump neighbours");
        return _socket.Dump(_batch, ParseNeighbour);
    }

    /// <summary>Reads all forwarding entries of bridges and VXLAN links.</summary>
    public IReadOnlyList<NeighbourInfo> DumpForwardingEntries()
    {
        BeginDump(RTM_GETNEIGH, NeighbourHeaderSize, AF_BRIDGE, "dump forwarding entries");
        return _socket.Dump(_batch, ParseNeighbour);
    }

    private static LinkInfo? ParseLink(in NetlinkMessage message)
    {
        if (message.Type != RTM_NEWLINK)
        {
            return null;
        }

        NetlinkAttributeReader attributes = message.Attributes(InterfaceHeaderSize);
        uint flags = MemoryMarshal.Read<uint>(message.Payload[8..]);
        LinkInfo link = new() { Index = MemoryMarshal.Read<int>(message.Payload[4..]), Name = string.Empty, IsUp = (flags & IFF_UP) != 0 };
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            link = attribute.Type switch
            {
                IFLA_IFNAME => link with { Name = attribute.AsString() },
                IFLA_ADDRESS => link with { Address = new PhysicalAddress(attribute.Payload.ToArray()) },
                IFLA_MTU => link with { Mtu = attribute.AsUInt32() },
                IFLA_MASTER => link with { Master = attribute.AsInt32() },
                IFLA_LINK => link with { Parent = attribute.AsInt32() },
                IFLA_GROUP => link with { Group = attribute.AsUInt32() },
                IFLA_IFALIAS => link with { Alias = attribute.AsString() },
                IFLA_CARRIER => link with { HasCarrier = attribute.AsByte() != 0 },
                IFLA_LINKINFO => link with { Kind = ParseKind(attribute) },
                _ => link,
            };
        }

        return link;
    }

    private static string? ParseKind(in NetlinkAttribute info)
    {
        NetlinkAttributeReader nested = info.Nested();
        while (nested.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == IFLA_INFO_KIND)
            {
                return attribute.AsString();
            }
        }

        return null;
    }

    private static LinkStatistics? ParseStatistics(in NetlinkMessage message)
    {
        if (message.Type != RTM_NEWLINK)
        {
            return null;
        }

        NetlinkAttributeReader attributes = message.Attributes(InterfaceHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == IFLA_STATS64 && attribute.Payload.Length >= StatisticsBytes)
            {
                // rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped
                ReadOnlySpan<ulong> counters = MemoryMarshal.Cast<byte, ulong>(attribute.Payload[..StatisticsBytes]);
                return new LinkStatistics(
                    counters[2], counters[0], counters[4], counters[6], counters[3], counters[1], counters[5], counters[7]);
            }
        }

        return null;
    }

    private static AddressInfo? ParseAddress(in NetlinkMessage message)
    {
        const byte Tentative = 0x40;   // IFA_F_TENTATIVE
        if (message.Type != RTM_NEWADDR)
        {
            return null;
        }

        NetlinkAttributeReader attributes = message.Attributes(AddressHeaderSize);
        IPAddress? local = null, address = null;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == IFA_LOCAL)
            {
                local = ToAddress(attribute);
            }
            else if (attribute.Type == IFA_ADDRESS)
            {
                address = ToAddress(attribute);
            }
        }

        return (local ?? address) is { } found
            ? new AddressInfo(MemoryMarshal.Read<int>(message.Payload[4..]), found, message.Payload[1], (message.Payload[2] & Tentative) != 0)
            : null;
    }

    private static RouteInfo? ParseRoute(in NetlinkMessage message)
    {
        if (message.Type != RTM_NEWROUTE)
        {
            return null;
        }

        NetlinkAttributeReader attributes = message.Attributes(RouteHeaderSize);
        IPAddress destination = message.Payload[0] == AF_INET ? IPAddress.Any : IPAddress.IPv6Any;
        IPAddress? gateway = null;
        int? output = null;
        uint table = message.Payload[4], metric = 0;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RTA_DST:
                    destination = ToAddress(attribute);
                    break;
                case RTA_GATEWAY:
                    gateway = ToAddress(attribute);
                    break;
                case RTA_OIF:
                    output = attribute.AsInt32();
                    break;
                case RTA_TABLE:
                    table = attribute.AsUInt32();
                    break;
                case RTA_PRIORITY:
                    metric = attribute.AsUInt32();
                    break;
            }
        }

        return new RouteInfo(
            new IPNetwork(destination, message.Payload[1]), gateway, output, (RouteScope)message.Payload[6], (RouteType)message.Payload[7], table, metric);
    }

    private static NeighbourInfo? ParseNeighbour(in NetlinkMessage message)
    {
        if (message.Type != RTM_NEWNEIGH)
        {
            return null;
        }

        NetlinkAttributeReader attributes = message.Attributes(NeighbourHeaderSize);
        IPAddress? address = null;
        PhysicalAddress hardware = PhysicalAddress.None;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == NDA_DST)
            {
                address = ToAddress(attribute);
            }
            else if (attribute.Type == NDA_LLADDR)
            {
                hardware = new PhysicalAddress(attribute.Payload.ToArray());
            }
        }

        bool isPermanent = (MemoryMarshal.Read<ushort>(message.Payload[8..]) & NUD_PERMANENT) != 0;
        return new NeighbourInfo(MemoryMarshal.Read<int>(message.Payload[4..]), address, hardware, isPermanent);
    }

    private static IPAddress ToAddress(in NetlinkAttribute attribute)
    {
        if (attribute.Payload.Length is not (4 or 16))
        {
            ThrowHelper.ThrowMalformed($"an address has {attribute.Payload.Length} bytes");
        }

        return new IPAddress(attribute.Payload);
    }

    private T? FindLink<T>(int index, string? name, NetlinkMessageParser<T> parser, uint extendedMask)
        where T : class
    {
        NetlinkMessageWriter writer = _batch.Begin(
            RTM_GETLINK, NetlinkFlags.None, "find link", name ?? $"{index}", toleratedErrno: LinuxErrno.ENODEV);
        MemoryMarshal.Write(writer.WriteFamilyHeader(InterfaceHeaderSize)[4..], index);
        if (name is not null)
        {
            writer.WriteString(IFLA_IFNAME, name);
        }

        writer.WriteAttribute(IFLA_EXT_MASK, extendedMask);
        _batch.End(ref writer);
        return _socket.Query(_batch, parser);
    }

    private void BeginDump(ushort type, int headerSize, byte family, string operation)
    {
        NetlinkMessageWriter writer = _batch.Begin(type, NetlinkFlags.Dump, operation, string.Empty);
        writer.WriteFamilyHeader(headerSize)[0] = family;
        _batch.End(ref writer);
    }
}

using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

/// <summary>What a message says about an interface.</summary>
internal sealed class LinkRequest
{
    private LinkRequest(int index, uint flags, uint changed) => (Index, Flags, Changed) = (index, flags, changed);

    public int Index { get; }

    public uint Flags { get; }

    /// <summary>Which of the flags are meant.</summary>
    public uint Changed { get; }

    public string? Name { get; private set; }

    public byte[]? Address { get; private set; }

    public uint? Mtu { get; private set; }

    public int? Master { get; private set; }

    public uint? Group { get; private set; }

    public string? Alias { get; private set; }

    public int? Namespace { get; private set; }

    public int? Lower { get; private set; }

    public string? Kind { get; private set; }

    public LinkRequest? Peer { get; private set; }

    public bool? RoutesLoopback { get; private set; }

    public bool? Up => (Changed & IFF_UP) != 0 ? (Flags & IFF_UP) != 0 : null;

    public static LinkRequest Read(in NetlinkMessage message) => Read(message.Payload);

    private static LinkRequest Read(ReadOnlySpan<byte> payload)
    {
        LinkRequest request = new(MemoryMarshal.Read<int>(payload[4..]), MemoryMarshal.Read<uint>(payload[8..]), MemoryMarshal.Read<uint>(payload[12..]));
        NetlinkAttributeReader attributes = new(payload[SizeOfIfInfo..]);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            request.Take(attribute);
        }

        return request;
    }

    private void Take(in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case IFLA_IFNAME:
                Name = attribute.AsString();
                break;
            case IFLA_ADDRESS:
                Address = attribute.Payload.ToArray();
                break;
            case IFLA_MTU:
                Mtu = attribute.AsUInt32();
                break;
            case IFLA_MASTER:
                Master = attribute.AsInt32();
                break;
            case IFLA_GROUP:
                Group = attribute.AsUInt32();
                break;
            case IFLA_IFALIAS:
                Alias = attribute.AsString();
                break;
            case IFLA_NET_NS_FD:
                Namespace = attribute.AsInt32();
                break;
            case IFLA_LINK:
                Lower = attribute.AsInt32();
                break;
            case IFLA_LINKINFO:
                TakeKind(attribute);
                break;
            case IFLA_AF_SPEC:
                TakeFamilies(attribute);
                break;
        }
    }

    private void TakeKind(in NetlinkAttribute info)
    {
        NetlinkAttributeReader attributes = info.Nested();
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == IFLA_INFO_KIND)
            {
                Kind = attribute.AsString();
            }
            else if (attribute.Type == IFLA_INFO_DATA && Kind == "veth")
            {
                NetlinkAttributeReader data = attribute.Nested();
                Peer = data.TryRead(out NetlinkAttribute peer) && peer.Type == VETH_INFO_PEER ? Read(peer.Payload) : null;
            }
        }
    }

    private void TakeFamilies(in NetlinkAttribute families)
    {
        NetlinkAttributeReader attributes = families.Nested();
        while (attributes.TryRead(out NetlinkAttribute family))
        {
            NetlinkAttributeReader parameters = family.Nested();
            if (family.Type != AF_INET || !parameters.TryRead(out NetlinkAttribute list) || list.Type != IFLA_INET_CONF)
            {
                continue;
            }

            NetlinkAttributeReader values = list.Nested();
            while (values.TryRead(out NetlinkAttribute value))
            {
                RoutesLoopback = value.Type == IPV4_DEVCONF_ROUTE_LOCALNET ? value.AsInt32() != 0 : RoutesLoopback;
            }
        }
    }
}

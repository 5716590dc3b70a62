using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Reads the kernel's descriptions of links, addresses, routes, rules and neighbours.</summary>
/// <remarks>What a message is short of is an error (<see cref="InvalidDataException"/>); what it has beyond what is known is skipped.</remarks>
internal static class RtNetlinkParser
{
    private const int CountersNeeded = 8 * sizeof(ulong);   // the first eight of struct rtnl_link_stats64

    public static LinkInfo? Link(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.InterfaceHeaderSize);
        if (message.Payload[0] != RtNetlinkConstants.AF_UNSPEC)
        {
            return null;   // a bridge's view of its port, not the link
        }

        uint flags = MemoryMarshal.Read<uint>(message.Payload[8..]);
        string name = string.Empty;
        string? kind = null, alias = null;
        PhysicalAddress address = PhysicalAddress.None;
        uint mtu = 0, group = 0;
        int? linkIndex = null, linkNamespace = null, master = null;
        OperationalState state = default;
        bool carrier = false;
        LinkStatistics? statistics = null;
        (bool? IPv6Disabled, bool? AcceptsAdvertisements, bool? RoutesLoopback) settings = default;
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RtNetlinkConstants.IFLA_IFNAME:
                    name = attribute.AsString();
                    break;
                case RtNetlinkConstants.IFLA_ADDRESS:
                    address = HardwareAddress(attribute);
                    break;
                case RtNetlinkConstants.IFLA_MTU:
                    mtu = attribute.AsUInt32();
                    break;
                case RtNetlinkConstants.IFLA_LINK:
                    linkIndex = attribute.AsInt32() is var index and not 0 ? index : null;
                    break;
                case RtNetlinkConstants.IFLA_LINK_NETNSID:
                    linkNamespace = attribute.AsInt32() is var number and >= 0 ? number : null;
                    break;
                case RtNetlinkConstants.IFLA_MASTER:
                    master = attribute.AsInt32();
                    break;
                case RtNetlinkConstants.IFLA_OPERSTATE:
                    state = (OperationalState)attribute.AsByte();
                    break;
                case RtNetlinkConstants.IFLA_CARRIER:
                    carrier = attribute.AsByte() != 0;
                    break;
                case RtNetlinkConstants.IFLA_GROUP:
                    group = attribute.AsUInt32();
                    break;
                case RtNetlinkConstants.IFLA_IFALIAS:
                    alias = attribute.AsString();
                    break;
                case RtNetlinkConstants.IFLA_LINKINFO:
                    kind = Kind(attribute);
                    break;
                case RtNetlinkConstants.IFLA_STATS64:
                    statistics = Statistics(attribute);
                    break;
                case RtNetlinkConstants.IFLA_AF_SPEC:
                    settings = Settings(attribute);
                    break;
            }
        }

        return new LinkInfo
        {
            Index = MemoryMarshal.Read<int>(message.Payload[4..]),
            Name = name,
            Kind = kind,
            PhysicalAddress = address,
            Mtu = mtu,
            Up = (flags & RtNetlinkConstants.IFF_UP) != 0,
            Carrier = carrier,
            OperState = state,
            Master = master,
            Group = group,
            Alias = alias,
            LinkIndex = linkIndex,
            LinkNamespaceId = linkNamespace,
            Flags = flags,
            IPv6Disabled = settings.IPv6Disabled,
            AcceptsRouterAdvertisements = settings.AcceptsAdvertisements,
            RoutesLoopback = settings.RoutesLoopback,
            Statistics = statistics,
        };
    }

    private static (bool? IPv6Disabled, bool? AcceptsAdvertisements, bool? RoutesLoopback) Settings(in NetlinkAttribute families)
    {
        (bool? IPv6Disabled, bool? AcceptsAdvertisements, bool? RoutesLoopback) found = default;
        NetlinkAttributeReader reader = families.Nested();
        while (reader.TryRead(out NetlinkAttribute family))
        {
            NetlinkAttributeReader settings = family.Nested();
            while (settings.TryRead(out NetlinkAttribute setting))
            {
                ReadOnlySpan<int> values = MemoryMarshal.Cast<byte, int>(setting.Payload);
                switch (family.Type, setting.Type)
                {
                    case (RtNetlinkConstants.AF_INET6, RtNetlinkConstants.IFLA_INET6_CONF):
                        found.IPv6Disabled = On(values, RtNetlinkConstants.DEVCONF_DISABLE_IPV6);
                        found.AcceptsAdvertisements = On(values, RtNetlinkConstants.DEVCONF_ACCEPT_RA);
                        break;
                    case (RtNetlinkConstants.AF_INET, RtNetlinkConstants.IFLA_INET_CONF):
                        found.RoutesLoopback = On(values, RtNetlinkConstants.IPV4_DEVCONF_ROUTE_LOCALNET - 1);   // IPv4 counts from 1
                        break;
                }
            }
        }

        return found;

        static bool? On(ReadOnlySpan<int> values, int index) => index < values.Length ? values[index] != 0 : null;
    }

    public static ConfigurationInfo Configuration(in NetlinkMessage message)
    {
        bool forwarding = false;
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.ConfigurationHeaderSize);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == RtNetlinkConstants.NETCONFA_FORWARDING)
            {
                forwarding = attribute.AsInt32() != 0;
            }
        }

        return new ConfigurationInfo(forwarding);
    }

    public static AddressInfo? Address(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.AddressHeaderSize);
        ReadOnlySpan<byte> header = message.Payload;
        if (!IsInternet(header[0]))
        {
            return null;
        }

        IPAddress? local = null;
        IPAddress? address = null;
        uint flags = header[2];
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RtNetlinkConstants.IFA_LOCAL:
                    local = InternetAddress(attribute);
                    break;
                case RtNetlinkConstants.IFA_ADDRESS:
                    address = InternetAddress(attribute);
                    break;
                case RtNetlinkConstants.IFA_FLAGS:
                    flags = attribute.AsUInt32();
                    break;
            }
        }

        // On a point-to-point link IFA_ADDRESS is the other end; IPv6 sends IFA_LOCAL only there.
        return (local ?? address) is not { } own
            ? null
            : new AddressInfo
            {
                Index = MemoryMarshal.Read<int>(header[4..]),
                Address = own,
                PrefixLength = header[1],
                Scope = (RouteScope)header[3],
                Flags = flags,
            };
    }

    public static RouteInfo? Route(in NetlinkMessage message)
    {
        bool isCopy = message.Payload.Length >= RtNetlinkConstants.RouteHeaderSize
            && (MemoryMarshal.Read<uint>(message.Payload[8..]) & RtNetlinkConstants.RTM_F_CLONED) != 0;
        return isCopy ? null : ResolvedRoute(message);   // a cached copy of a route is not one
    }

    /// <summary>What a route makes of one packet.</summary>
    public static RouteInfo? ResolvedRoute(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.RouteHeaderSize);
        ReadOnlySpan<byte> header = message.Payload;
        if (!IsInternet(header[0]))
        {
            return null;
        }

        IPAddress destination = header[0] == RtNetlinkConstants.AF_INET ? IPAddress.Any : IPAddress.IPv6Any;
        RouteInfo route = new()
        {
            Destination = default,
            Table = header[4],
            Protocol = header[5],
            Scope = (RouteScope)header[6],
            Type = (RouteType)header[7],
        };
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RtNetlinkConstants.RTA_DST:
                    destination = InternetAddress(attribute);
                    break;
                case RtNetlinkConstants.RTA_GATEWAY:
                    route = route with { Gateway = InternetAddress(attribute) };
                    break;
                case RtNetlinkConstants.RTA_VIA:
                    route = route with { Gateway = Via(attribute) };
                    break;
                case RtNetlinkConstants.RTA_OIF:
                    route = route with { OutputInterface = attribute.AsInt32() };
                    break;
                case RtNetlinkConstants.RTA_PRIORITY:
                    route = route with { Metric = attribute.AsUInt32() };
                    break;
                case RtNetlinkConstants.RTA_TABLE:
                    route = route with { Table = attribute.AsUInt32() };
                    break;
                case RtNetlinkConstants.RTA_METRICS:
                    route = route with { Mtu = MtuIn(attribute) };
                    break;
                case RtNetlinkConstants.RTA_PREFSRC:
                    route = route with { Source = InternetAddress(attribute) };
                    break;
            }
        }

        return route with { Destination = Prefix(destination, header[1]) };
    }

    private static uint? MtuIn(in NetlinkAttribute metrics)
    {
        NetlinkAttributeReader reader = metrics.Nested();
        while (reader.TryRead(out NetlinkAttribute metric))
        {
            if (metric.Type == RtNetlinkConstants.RTAX_MTU)
            {
                return metric.AsUInt32();
            }
        }

        return null;
    }

    public static PolicyRuleInfo? Rule(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.RuleHeaderSize);
        ReadOnlySpan<byte> header = message.Payload;
        if (!IsInternet(header[0]))
        {
            return null;
        }

        PolicyRuleInfo rule = new()
        {
            Family = header[0] == RtNetlinkConstants.AF_INET ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6,
            Table = header[4],
        };
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            rule = attribute.Type switch
            {
                RtNetlinkConstants.FRA_PRIORITY => rule with { Priority = attribute.AsUInt32() },
                RtNetlinkConstants.FRA_TABLE => rule with { Table = attribute.AsUInt32() },
                RtNetlinkConstants.FRA_FWMARK => rule with { Mark = attribute.AsUInt32() },
                RtNetlinkConstants.FRA_FWMASK => rule with { Mask = attribute.AsUInt32() },
                RtNetlinkConstants.FRA_DST => rule with { To = Prefix(InternetAddress(attribute), header[1]) },
                RtNetlinkConstants.FRA_SRC => rule with { From = Prefix(InternetAddress(attribute), header[2]) },
                RtNetlinkConstants.FRA_IIFNAME => rule with { InputInterface = attribute.AsString() },
                _ => rule,
            };
        }

        return rule;
    }

    public static NeighbourInfo? Neighbour(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.NeighbourHeaderSize);
        ReadOnlySpan<byte> header = message.Payload;
        IPAddress? address = null;
        PhysicalAddress? hardwareAddress = null;
        while (IsInternet(header[0]) && attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RtNetlinkConstants.NDA_DST:
                    address = InternetAddress(attribute);
                    break;
                case RtNetlinkConstants.NDA_LLADDR:
                    hardwareAddress = HardwareAddress(attribute);
                    break;
            }
        }

        return address is null
            ? null
            : new NeighbourInfo
            {
                Index = MemoryMarshal.Read<int>(header[4..]),
                Address = address,
                HardwareAddress = hardwareAddress,
                State = MemoryMarshal.Read<ushort>(header[8..]),
            };
    }

    public static ForwardingEntryInfo? ForwardingEntry(in NetlinkMessage message)
    {
        NetlinkAttributeReader attributes = message.Attributes(RtNetlinkConstants.NeighbourHeaderSize);
        ReadOnlySpan<byte> header = message.Payload;
        PhysicalAddress? hardwareAddress = null;
        IPAddress? remote = null;
        int? master = null;
        while (header[0] == RtNetlinkConstants.AF_BRIDGE && attributes.TryRead(out NetlinkAttribute attribute))
        {
            switch (attribute.Type)
            {
                case RtNetlinkConstants.NDA_LLADDR:
                    hardwareAddress = HardwareAddress(attribute);
                    break;
                case RtNetlinkConstants.NDA_DST:
                    remote = InternetAddress(attribute);
                    break;
                case RtNetlinkConstants.NDA_MASTER:
                    master = attribute.AsInt32();
                    break;
            }
        }

        return hardwareAddress is null
            ? null
            : new ForwardingEntryInfo
            {
                Index = MemoryMarshal.Read<int>(header[4..]),
                HardwareAddress = hardwareAddress,
                Remote = remote,
                Master = master,
                State = MemoryMarshal.Read<ushort>(header[8..]),
            };
    }

    private static bool IsInternet(byte family) => family is RtNetlinkConstants.AF_INET or RtNetlinkConstants.AF_INET6;

    private static PhysicalAddress HardwareAddress(in NetlinkAttribute attribute) => new(attribute.Payload.ToArray());

    private static IPAddress InternetAddress(in NetlinkAttribute attribute) => InternetAddress(attribute.Payload, attribute.Type);

    private static IPAddress InternetAddress(ReadOnlySpan<byte> bytes, ushort type)
    {
        if (bytes.Length is not (4 or 16))
        {
            ThrowHelper.ThrowMalformed($"attribute {type} holds an address of {bytes.Length} bytes");
        }

        return new IPAddress(bytes);
    }

    private static IPAddress Via(in NetlinkAttribute attribute)
    {
        _ = attribute.AsUInt16();   // struct rtvia: the family, which the length tells as well
        return InternetAddress(attribute.Payload[sizeof(ushort)..], attribute.Type);
    }

    private static IPNetwork Prefix(IPAddress address, byte length)
    {
        if (length > (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
        {
            ThrowHelper.ThrowMalformed($"a prefix of {length} bits");
        }

        return new IPNetwork(address, length);
    }

    private static string? Kind(in NetlinkAttribute info)
    {
        NetlinkAttributeReader attributes = info.Nested();
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            if (attribute.Type == RtNetlinkConstants.IFLA_INFO_KIND)
            {
                return attribute.AsString();
            }
        }

        return null;
    }

    private static LinkStatistics Statistics(in NetlinkAttribute attribute)
    {
        if (attribute.Payload.Length < CountersNeeded)
        {
            ThrowHelper.ThrowMalformed($"the counters of a link have {attribute.Payload.Length} bytes, not {CountersNeeded}");
        }

        ReadOnlySpan<ulong> counters = MemoryMarshal.Cast<byte, ulong>(attribute.Payload);
        return new LinkStatistics
        {
            ReceivedPackets = counters[0],
            SentPackets = counters[1],
            ReceivedBytes = counters[2],
            SentBytes = counters[3],
            ReceiveErrors = counters[4],
            SendErrors = counters[5],
            ReceiveDropped = counters[6],
            SendDropped = counters[7],
        };
    }
}

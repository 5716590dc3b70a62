using System.Net;
using System.Runtime.InteropServices;
using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

/// <summary>What the kernel makes of rtnetlink messages. Each handler returns an error number.</summary>
internal static partial class RtnetlinkFamily
{
    public static void Handle(FakeNamespace inside, in NetlinkMessage message, Answers answers)
    {
        bool isQuestion = message.Type % 4 == 2;   // new, delete, get, set
        if (isQuestion && (message.Flags & NetlinkFlags.Dump) == NetlinkFlags.Dump)
        {
            int refused = Dump(inside, message, answers);
            if (refused != 0)
            {
                answers.AddAcknowledgement(message, refused);
            }
            else
            {
                answers.AddDone(message.Sequence);
            }

            return;
        }

        int errno = HandleOne(inside, message, answers);
        if (errno != 0 || (message.Flags & NetlinkFlags.Ack) != 0)
        {
            answers.AddAcknowledgement(message, errno);
        }
    }

    private static int HandleOne(FakeNamespace inside, in NetlinkMessage message, Answers answers) => message.Type switch
    {
        RTM_NEWLINK when (message.Flags & NetlinkFlags.Create) != 0 => CreateLink(inside, LinkRequest.Read(message)),
        RTM_NEWLINK => ChangeLink(inside, LinkRequest.Read(message)),
        RTM_SETLINK => inside.Find(LinkRequest.Read(message).Index) is not { } link ? LinuxErrno.ENODEV
            : link.Master is null && message.Payload[0] == AF_BRIDGE ? LinuxErrno.EINVAL
            : 0,
        RTM_DELLINK => DeleteLinks(inside, LinkRequest.Read(message)),
        RTM_GETLINK => FindLink(inside, message, answers),
        RTM_NEWADDR => AddAddress(inside, message),
        RTM_DELADDR => RemoveAddress(inside, message),
        RTM_NEWROUTE => AddRoute(inside, message),
        RTM_DELROUTE => RemoveRoute(inside, message),
        RTM_GETROUTE => FindRoute(inside, message, answers),
        RTM_NEWNEIGH or RTM_DELNEIGH => ChangeNeighbour(inside, message),
        RTM_GETNETCONF => TellForwarding(inside, message, answers),
        RTM_NEWNSID => LinuxErrno.EEXIST,   // every namespace knows every other by its number
        RTM_GETNSID => TellNamespace(inside, message, answers),
        _ => LinuxErrno.EOPNOTSUPP,
    };

    private static int Dump(FakeNamespace inside, in NetlinkMessage message, Answers answers)
    {
        byte family = message.Payload[0];
        uint sequence = message.Sequence;
        switch (message.Type)
        {
            case RTM_GETLINK:
                foreach (FakeLink link in inside.Links.OrderBy(static link => link.Index))
                {
                    Tell(link, sequence, isPart: true, answers);
                }

                return 0;
            case RTM_GETADDR:
                int index = MemoryMarshal.Read<int>(message.Payload[4..]);
                foreach (FakeAddress address in inside.Addresses.Where(address => (index == 0 || address.Link.Index == index) && (family == 0 || address.Family == family)))
                {
                    Tell(address, sequence, answers);
                }

                return index == 0 || inside.Find(index) is not null ? 0 : LinuxErrno.ENODEV;
            case RTM_GETROUTE:
                foreach (FakeRoute route in inside.Routes.Where(route => family == 0 || route.Family == family))
                {
                    Tell(route, sequence, isPart: true, answers);
                }

                return 0;
            case RTM_GETRULE:
                TellRules(family, sequence, answers);
                return 0;
            case RTM_GETNEIGH:
                foreach (((FakeLink link, IPAddress address), byte[] hardwareAddress) in inside.Neighbours.Where(pair => FamilyOf(pair.Key.Address) == family))
                {
                    TellNeighbour(link, address, hardwareAddress, sequence, answers);
                }

                return 0;
            default:
                return LinuxErrno.EOPNOTSUPP;
        }
    }

    private static int ChangeNeighbour(FakeNamespace inside, in NetlinkMessage message)
    {
        if (inside.Find(MemoryMarshal.Read<int>(message.Payload[4..])) is not { } link)
        {
            return LinuxErrno.ENODEV;
        }

        IPAddress? address = null;
        byte[] hardwareAddress = [];
        NetlinkAttributeReader attributes = message.Attributes(SizeOfNdMsg);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            address = attribute.Type == NDA_DST ? new IPAddress(attribute.Payload) : address;
            hardwareAddress = attribute.Type == NDA_LLADDR ? attribute.Payload.ToArray() : hardwareAddress;
        }

        if (address is null)
        {
            return LinuxErrno.EOPNOTSUPP;   // forwarding tables are not kept
        }

        if (message.Type == RTM_NEWNEIGH)
        {
            inside.Neighbours[(link, address)] = hardwareAddress;
            return 0;
        }

        return inside.Neighbours.Remove((link, address)) ? 0 : LinuxErrno.ENOENT;
    }

    private static void TellNeighbour(FakeLink link, IPAddress address, byte[] hardwareAddress, uint sequence, Answers answers)
    {
        const ushort Permanent = 0x80;   // NUD_PERMANENT
        answers.Add(RTM_NEWNEIGH, sequence, isPart: true, (ref writer) =>
        {
            Span<byte> header = writer.WriteFamilyHeader(SizeOfNdMsg);
            header[0] = FamilyOf(address);
            MemoryMarshal.Write(header[4..], link.Index);
            MemoryMarshal.Write(header[8..], Permanent);
            writer.WriteAttribute(NDA_DST, address.GetAddressBytes());
            writer.WriteAttribute(NDA_LLADDR, hardwareAddress);
        });
    }

    /// <summary>The rules that every namespace begins with; there are no others.</summary>
    private static void TellRules(byte family, uint sequence, Answers answers)
    {
        const uint MainPriority = 32766, DefaultPriority = 32767, DefaultTable = 253;
        (uint Priority, uint Table)[] rules = family == AF_INET
            ? [(0, RT_TABLE_LOCAL), (MainPriority, RT_TABLE_MAIN), (DefaultPriority, DefaultTable)]
            : [(0, RT_TABLE_LOCAL), (MainPriority, RT_TABLE_MAIN)];
        foreach ((uint priority, uint table) in rules)
        {
            answers.Add(RTM_NEWRULE, sequence, isPart: true, (ref writer) =>
            {
                Span<byte> header = writer.WriteFamilyHeader(SizeOfFibRule);
                header[0] = family;
                header[4] = (byte)table;
                header[7] = 1;   // FR_ACT_TO_TBL
                writer.WriteAttribute(FRA_TABLE, table);
                writer.WriteAttribute(FRA_PRIORITY, priority);
            });
        }
    }

    private static int TellForwarding(FakeNamespace inside, in NetlinkMessage message, Answers answers)
    {
        byte family = message.Payload[0];
        int forwards = int.Parse(inside.Sysctls.Read(family == AF_INET ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding"), System.Globalization.CultureInfo.InvariantCulture);
        answers.Add(RTM_NEWNETCONF, message.Sequence, isPart: false, (ref writer) =>
        {
            writer.WriteFamilyHeader(SizeOfNetConf)[0] = family;
            writer.WriteAttribute(NETCONFA_FORWARDING, forwards);
        });
        return 0;
    }

    private static int TellNamespace(FakeNamespace inside, in NetlinkMessage message, Answers answers)
    {
        int number = -1;
        NetlinkAttributeReader attributes = message.Attributes(SizeOfRtGen);
        while (attributes.TryRead(out NetlinkAttribute attribute))
        {
            number = attribute.Type == NETNSA_FD ? attribute.AsInt32() : number;
        }

        if (inside.All.Find(number) is null)
        {
            return LinuxErrno.EINVAL;
        }

        answers.Add(RTM_NEWNSID, message.Sequence, isPart: false, (ref writer) =>
        {
            writer.WriteFamilyHeader(SizeOfRtGen);
            writer.WriteAttribute(NETNSA_NSID, number);
        });
        return 0;
    }

    private static byte FamilyOf(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? AF_INET : AF_INET6;
}

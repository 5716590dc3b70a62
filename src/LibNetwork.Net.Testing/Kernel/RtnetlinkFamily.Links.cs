using System.Runtime.InteropServices;
using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using static LibNetwork.Testing.Kernel.WireConstants;

namespace LibNetwork.Testing.Kernel;

internal static partial class RtnetlinkFamily
{
    private const uint DefaultMtu = 1500;

    private static readonly string[] KindsWithLower = ["macvlan", "ipvlan", "vlan"];
    private static readonly string[] Kinds = ["bridge", "veth", "dummy", "vxlan", .. KindsWithLower];

    private static int CreateLink(FakeNamespace inside, LinkRequest request)
    {
        if (request.Kind is not { } kind || !Kinds.Contains(kind))
        {
            return LinuxErrno.EOPNOTSUPP;
        }

        FakeLink? lower = request.Lower is { } index ? inside.Find(index) : null;
        bool needsLower = KindsWithLower.Contains(kind);
        if (needsLower && (lower is null || WhyNotOn(lower, kind) is not 0))
        {
            return lower is null ? LinuxErrno.ENODEV : WhyNotOn(lower, kind);
        }

        FakeLink? master = request.Master is { } port and not 0 ? inside.Find(port) : null;
        if (request.Master is > 0 && master?.Kind != "bridge")
        {
            return LinuxErrno.EINVAL;
        }

        int errno = Place(inside, request, out FakeNamespace home);
        if (errno != 0)
        {
            return errno;
        }

        FakeNamespace otherHome = home;
        if (kind == "veth" && (errno = Place(inside, request.Peer, out otherHome)) != 0)
        {
            return errno;
        }

        if (kind == "veth" && otherHome == home && request.Peer!.Name == request.Name)   // Place looked at both
        {
            return LinuxErrno.EEXIST;
        }

        FakeLink made = Make(home, request, kind, lower);
        made.Master = master;
        if (kind == "veth")
        {
            FakeLink peer = Make(otherHome, request.Peer!, kind, made);
            made.Lower = peer;
            otherHome.SetUp(peer, request.Peer!.Up == true);
        }

        home.SetUp(made, request.Up == true);
        return 0;
    }

    /// <summary>Finds the namespace that an interface is to be born in, and whether it can be.</summary>
    private static int Place(FakeNamespace inside, LinkRequest? request, out FakeNamespace home)
    {
        FakeNamespace? found = request?.Namespace is { } number ? inside.All.Find(number) : inside;
        home = found ?? inside;
        return request?.Name is not { } name || found is null ? LinuxErrno.EINVAL
            : home.Find(name) is not null ? LinuxErrno.EEXIST
            : request.Index != 0 && home.Find(request.Index) is not null ? LinuxErrno.EBUSY
            : 0;
    }

    private static FakeLink Make(FakeNamespace home, LinkRequest request, string kind, FakeLink? lower)
    {
        FakeLink link = new()
        {
            Name = request.Name!,   // Place looked
            Home = home,
            Index = request.Index != 0 ? request.Index : home.NextIndex(),
            Kind = kind,
            Address = request.Address ?? (kind == "ipvlan" ? lower!.Address : home.All.NextAddress()),   // an ipvlan has one
            Mtu = request.Mtu ?? lower?.Mtu ?? DefaultMtu,
            Group = request.Group ?? 0,
            Alias = request.Alias,
            Lower = lower,
        };
        home.Links.Add(link);
        return link;
    }

    /// <summary>An interface passes what arrives to one kind of interface above it.</summary>
    private static int WhyNotOn(FakeLink lower, string kind)
    {
        if (kind == "vlan")
        {
            return 0;
        }

        bool hasOther = lower.Home.All.Pinned.Select(static pin => pin.Value).Append(lower.Home).SelectMany(static inside => inside.Links)
            .Any(upper => upper.Lower == lower && upper.Kind is "macvlan" or "ipvlan" && upper.Kind != kind);
        return lower.IsLoopback ? LinuxErrno.EINVAL : lower.Master is not null || hasOther ? LinuxErrno.EBUSY : 0;
    }

    private static int ChangeLink(FakeNamespace inside, LinkRequest request)
    {
        FakeLink? found = request.Index != 0 ? inside.Find(request.Index) : request.Name is { } known ? inside.Find(known) : null;
        if (found is not { } link)
        {
            return LinuxErrno.ENODEV;
        }

        FakeNamespace? home = request.Namespace is { } number ? inside.All.Find(number) : inside;
        string name = request.Name ?? link.Name;
        if (home is null)
        {
            return LinuxErrno.EINVAL;
        }

        if (home.Find(name) is { } holder && holder != link)
        {
            return LinuxErrno.EEXIST;
        }

        FakeLink? master = request.Master is { } port ? home.Find(port) : null;
        if (request.Master is > 0 && master?.Kind != "bridge")
        {
            return LinuxErrno.EINVAL;
        }

        if (home != inside)
        {
            inside.SetUp(link, up: false);
            inside.Detach(link);
            link.Home = home;
            link.Index = home.Find(link.Index) is null ? link.Index : home.NextIndex();
            home.Links.Add(link);
        }

        link.Name = name;
        link.Master = request.Master is null ? link.Master : master;
        link.Mtu = request.Mtu ?? link.Mtu;
        link.Address = request.Address ?? link.Address;
        link.Group = request.Group ?? link.Group;
        link.Alias = request.Alias is null ? link.Alias : request.Alias.Length == 0 ? null : request.Alias;
        if (request.RoutesLoopback is { } routes)
        {
            link.Parameters["ipv4/conf/route_localnet"] = routes ? "1" : "0";
        }

        if (request.Up is { } up)
        {
            home.SetUp(link, up);
        }

        return 0;
    }

    private static int DeleteLinks(FakeNamespace inside, LinkRequest request)
    {
        List<FakeLink> doomed = [.. inside.Links.Where(link => request.Index != 0 ? link.Index == request.Index
            : request.Name is { } name ? link.Name == name
            : request.Group is { } group && link.Group == group)];
        if (doomed.Count == 0)
        {
            return LinuxErrno.ENODEV;
        }

        if (doomed.Any(static link => link.IsLoopback))
        {
            return LinuxErrno.EOPNOTSUPP;
        }

        foreach (FakeLink link in doomed)
        {
            inside.All.Delete(link);
        }

        return 0;
    }

    private static int FindLink(FakeNamespace inside, in NetlinkMessage message, Answers answers)
    {
        LinkRequest request = LinkRequest.Read(message);
        FakeLink? found = request.Index != 0 ? inside.Find(request.Index) : request.Name is { } name ? inside.Find(name) : null;
        if (found is null)
        {
            return LinuxErrno.ENODEV;
        }

        Tell(found, message.Sequence, isPart: false, answers);
        return 0;
    }

    private static void Tell(FakeLink link, uint sequence, bool isPart, Answers answers) => answers.Add(RTM_NEWLINK, sequence, isPart, (ref writer) =>
    {
        Span<byte> header = writer.WriteFamilyHeader(SizeOfIfInfo);
        MemoryMarshal.Write(header[4..], link.Index);
        MemoryMarshal.Write(header[8..], (link.Up ? IFF_UP : 0) | (link.IsLoopback ? IFF_LOOPBACK : 0));
        writer.WriteString(IFLA_IFNAME, link.Name);
        writer.WriteAttribute(IFLA_ADDRESS, link.Address);
        writer.WriteAttribute(IFLA_MTU, link.Mtu);
        writer.WriteAttribute(IFLA_GROUP, link.Group);
        writer.WriteAttribute(IFLA_OPERSTATE, OperationalState(link));
        writer.WriteAttribute(IFLA_CARRIER, (byte)(link.HasCarrier ? 1 : 0));
        writer.WriteAttribute(IFLA_STATS64, new byte[CountersOfStats64 * sizeof(ulong)]);
        if (link.Lower is { } lower)
        {
            writer.WriteAttribute(IFLA_LINK, lower.Index);
            if (lower.Home != link.Home)
            {
                writer.WriteAttribute(IFLA_LINK_NETNSID, lower.Home.Number);
            }
        }

        if (link.Master is { } master)
        {
            writer.WriteAttribute(IFLA_MASTER, master.Index);
        }

        if (link.Alias is { } alias)
        {
            writer.WriteString(IFLA_IFALIAS, alias);
        }

        if (link.Kind is { } kind)
        {
            NestedStart info = writer.BeginNested(IFLA_LINKINFO);
            writer.WriteString(IFLA_INFO_KIND, kind);
            writer.EndNested(info);
        }

        WriteFamilies(ref writer, link);
    });

    private static void WriteFamilies(ref NetlinkMessageWriter writer, FakeLink link)
    {
        int[] ipv4 = new int[DEVCONF_COUNT], ipv6 = new int[DEVCONF_COUNT];
        ipv4[IPV4_DEVCONF_ROUTE_LOCALNET - 1] = Value(link, "ipv4/conf/route_localnet");
        ipv6[DEVCONF_ACCEPT_RA] = Value(link, "ipv6/conf/accept_ra");
        ipv6[DEVCONF_DISABLE_IPV6] = Value(link, "ipv6/conf/disable_ipv6");
        NestedStart families = writer.BeginNested(IFLA_AF_SPEC);
        foreach ((byte family, ushort type, int[] values) in new[] { (AF_INET, IFLA_INET_CONF, ipv4), (AF_INET6, IFLA_INET6_CONF, ipv6) })
        {
            NestedStart nested = writer.BeginNested(family);
            writer.WriteAttribute(type, MemoryMarshal.AsBytes(values.AsSpan()));
            writer.EndNested(nested);
        }

        writer.EndNested(families);
    }

    private static int Value(FakeLink link, string parameter)
        => int.TryParse(link.Home.Sysctls.ReadOf(link, parameter), System.Globalization.CultureInfo.InvariantCulture, out int value) ? value : 0;

    private static byte OperationalState(FakeLink link)
        => link.IsLoopback ? IF_OPER_UNKNOWN : link.HasCarrier ? IF_OPER_UP : link.Up ? IF_OPER_LOWERLAYERDOWN : IF_OPER_DOWN;
}

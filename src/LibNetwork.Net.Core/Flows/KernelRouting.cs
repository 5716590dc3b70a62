using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>The routing tables and interfaces of a namespace, asked in the kernel.</summary>
internal sealed class KernelRouting(KernelSession session, NetworkNamespace inside, RtNetlink route) : IRouting
{
    private const uint Secondary = 0x01, Tentative = 0x40;   // IFA_F_*

    public RouteAnswer Resolve(RouteQuestion question)
    {
        try
        {
            return new RouteAnswer(route.ResolveRoute(question), null);
        }
        catch (KernelException refused)
        {
            // Not in a filter: it asks more, and a filter runs before the first question is cleared away.
            if (WhyNot(refused, question) is { } problem)
            {
                return new RouteAnswer(null, problem);
            }

            throw;
        }
    }

    public NftAddressType TypeOf(IPAddress address, LinkInfo? link)
    {
        if (IsGroup(address))
        {
            return NftAddressType.Multicast;
        }

        return FindEntry(address) switch
        {
            null => address.AddressFamily == AddressFamily.InterNetwork ? NftAddressType.Unicast : NftAddressType.Unreachable,
            { Type: RouteType.Local } local => link is null || local.OutputInterface == link.Index ? NftAddressType.Local : NftAddressType.Unicast,
            { Type: RouteType.Broadcast } => NftAddressType.Broadcast,
            { Type: RouteType.Anycast } => NftAddressType.Anycast,
            _ => NftAddressType.Unicast,
        };
    }

    public LinkInfo? WayTo(IPAddress address, LinkInfo? only)
    {
        RouteAnswer answer = Resolve(new RouteQuestion { Destination = address, OutputInterface = only?.Index });
        return answer.Route is { Type: RouteType.Unicast or RouteType.Local, OutputInterface: { } index } ? FindLink(index) : null;
    }

    public IPAddress? AddressOf(LinkInfo link, IPAddress towards)
    {
        AddressInfo[] addresses = [.. route.DumpAddresses(link.Index).Where(address => address.Address.AddressFamily == towards.AddressFamily)];
        if (towards.AddressFamily == AddressFamily.InterNetworkV6)
        {
            RouteAnswer answer = Resolve(new RouteQuestion { Destination = towards });
            return answer.Route?.Source ?? addresses.FirstOrDefault(static address => (address.Flags & Tentative) == 0)?.Address;
        }

        AddressInfo[] first = [.. addresses.Where(static address => (address.Flags & Secondary) == 0 && address.Scope < RouteScope.Link)];
        return (first.FirstOrDefault(address => new Subnet(address.Address, address.PrefixLength).Contains(towards)) ?? first.FirstOrDefault())?.Address;
    }

    public bool Forwards(LinkInfo input, IPAddress destination) => destination.AddressFamily == AddressFamily.InterNetwork
        ? session.ReadSysctl(inside, $"net/ipv4/conf/{input.Name}/forwarding") == "1"
        : route.IsForwarding(AddressFamily.InterNetworkV6);

    public LinkInfo? FindLink(int index) => route.FindLink(index);

    public LinkInfo? FindLink(string name) => route.FindLink(name);

    private RouteInfo? FindEntry(IPAddress address)
    {
        try
        {
            return route.FindRoute(address);
        }
        catch (KernelException refused) when (refused.Errno is LinuxErrno.EHOSTUNREACH or LinuxErrno.EACCES or LinuxErrno.EINVAL)
        {
            return null;   // a route that refuses
        }
    }

    private string? WhyNot(KernelException refused, RouteQuestion question) => refused.Errno switch
    {
        LinuxErrno.ENETUNREACH => $"there is no route to {question.Destination}",
        LinuxErrno.EHOSTUNREACH when question.InputInterface is { } index && FindLink(index) is { } input && !Forwards(input, question.Destination)
            => $"forwarding is off for what comes in by \"{input.Name}\"",
        LinuxErrno.EXDEV or LinuxErrno.EINVAL when CannotComeBy(question) is { } link => $"{question.Source} cannot come by \"{link.Name}\": an answer would not leave by it (rp_filter)",
        LinuxErrno.EHOSTUNREACH => $"there is no route to {question.Destination}, or one that says it cannot be reached",
        LinuxErrno.EACCES => $"a route or routing rule prohibits {question.Destination}",
        LinuxErrno.EXDEV or LinuxErrno.EINVAL => $"the routing tables drop {question}: a route says so, or an address must not be in such a packet",
        _ => null,
    };

    /// <summary>The interface by which the source cannot come, as the reverse path filter has it; newer kernels do not say so.</summary>
    private LinkInfo? CannotComeBy(RouteQuestion question)
    {
        const int Strict = 1, Loose = 2;
        if (question is not { InputInterface: { } index, Source: { AddressFamily: AddressFamily.InterNetwork } source } || FindLink(index) is not { } input)
        {
            return null;
        }

        int filter = Math.Max(Filter("all"), Filter(input.Name));
        LinkInfo? way = filter == 0 ? null : WayTo(source, only: null);
        return (filter == Strict && way?.Index != index) || (filter == Loose && way is null) ? input : null;

        int Filter(string name) => int.Parse(session.ReadSysctl(inside, $"net/ipv4/conf/{name}/rp_filter"), CultureInfo.InvariantCulture);
    }

    private static bool IsGroup(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes()[0] is >= 224 and < 240 : address.IsIPv6Multicast;
}

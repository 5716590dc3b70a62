using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Compares a network's bridge with its plan in one turn at the kernel, and puts back what is missing.</summary>
/// <remarks>
/// Of a bridge that was there before, only the addresses that it was lent are ours. A bridge that is gone is not made here:
/// <see cref="BridgeConstruction"/> does that.
/// </remarks>
internal sealed class BridgeMending(BridgeNetwork network, bool needsForwarding, bool onlySilentChanges, bool repair)
{
    private const uint ConnectedMetricIPv6 = 256;   // IP6_RT_PRIO_ADDRCONF, what the kernel itself gives a subnet's route

    private readonly List<Finding> _findings = [];

    private string Name => network.BridgeName.Value;

    /// <summary>Whether the bridge is gone, and ours to make again.</summary>
    public bool IsGone { get; private set; }

    public IReadOnlyList<Finding> Run(KernelSession session)
    {
        LinkInfo? link = session.Route.FindLink(Name) ?? FindRenamed(session);
        if (link is null || link.Group == LinkReaper.CondemnedGroup)
        {
            IsGone = network.OwnsSegment;
            Add(FindingKind.LinkMissing, $"bridge \"{Name}\"", "no such interface", IsGone ? null : "make the bridge again, then delete the network and create it again");
            return _findings;
        }

        if (link.Index != network.BridgeIndex)
        {
            Add(FindingKind.LinkMissing, $"bridge \"{Name}\"", "another interface of that name", $"remove that interface; it is not of {network.Subject}");
            return _findings;
        }

        if (link.Name != Name)
        {
            Add(FindingKind.LinkChanged, $"bridge \"{Name}\"", $"it is called \"{link.Name}\"");
            if (!repair)
            {
                return _findings;
            }

            session.Route.Batch.ChangeLink(link.Index, new LinkChange { Up = false });   // kernels before 6.2 rename only what is down
            session.Route.Batch.ChangeLink(link.Index, new LinkChange { NewName = Name });
            link = session.Route.ExecuteAndFindLink(Name) ?? throw new KernelException("find link", Name, LinuxErrno.ENODEV);
        }

        bool changed = network.OwnsSegment && CompareLink(session, link);
        if (!onlySilentChanges || _findings.Count > 0)
        {
            List<InterfaceAddress> missing = CompareAddresses(session);
            if (repair && (changed || missing.Count > 0))
            {
                PutBack(session, missing);
            }

            CompareRoutes(session, isUp: link.Up || (repair && network.OwnsSegment));
            CompareForwarding(session);
        }

        return _findings;
    }

    private LinkInfo? FindRenamed(KernelSession session)
        => network.OwnsSegment && session.Route.FindLink(network.BridgeIndex) is { Group: not LinkReaper.CondemnedGroup } link && KernelMarks.IsOf(network.Id, link.Alias) ? link : null;

    private bool CompareLink(KernelSession session, LinkInfo link)
    {
        CompareSysctl(session, $"net/ipv6/conf/{Name}/accept_ra", link.AcceptsRouterAdvertisements, wanted: false);
        if (network.IPv6 is not null)
        {
            CompareSysctl(session, $"net/ipv6/conf/{Name}/disable_ipv6", link.IPv6Disabled, wanted: network.IPv6.Mode == GatewayMode.Isolated);
        }

        if (network.RoutesLoopback)
        {
            CompareSysctl(session, network.LoopbackRouting, link.RoutesLoopback, wanted: true);
        }

        int before = _findings.Count;
        if (!link.Up)
        {
            Add(FindingKind.LinkDown, $"bridge \"{Name}\" is up", "it is down");
        }

        if (network.Mtu is { } mtu && link.Mtu != mtu)
        {
            Add(FindingKind.LinkChanged, string.Create(CultureInfo.InvariantCulture, $"MTU {mtu}"), string.Create(CultureInfo.InvariantCulture, $"MTU {link.Mtu}"));
        }

        if (link.Alias != network.Alias)
        {
            Add(FindingKind.LinkChanged, $"the mark \"{network.Alias}\"", $"\"{link.Alias}\"");
        }

        return _findings.Count > before;
    }

    private void CompareSysctl(KernelSession session, string key, bool? found, bool wanted)
    {
        if (found is null || found == wanted)
        {
            return;
        }

        AddSysctl(key, wanted ? "1" : "0", found.Value ? "1" : "0");
        if (repair)
        {
            session.WriteSysctl(session.HostNamespace, key, wanted ? "1" : "0");
        }
    }

    private List<InterfaceAddress> CompareAddresses(KernelSession session)
    {
        IReadOnlyList<AddressInfo> present = session.Route.DumpAddresses(network.BridgeIndex);
        List<InterfaceAddress> missing = [];
        foreach (InterfaceAddress address in network.OwnsSegment ? network.OwnAddresses : network.LentAddresses)
        {
            if (!present.Any(found => found.Address.GetAddressBytes().AsSpan().SequenceEqual(address.Address.GetAddressBytes())))
            {
                missing.Add(address);
                Add(FindingKind.AddressMissing, $"{address} on \"{Name}\"", "no such address");
            }
        }

        return missing;
    }

    private void PutBack(KernelSession session, List<InterfaceAddress> addresses)
    {
        RtNetlinkBatch batch = session.Route.Batch;
        if (network.OwnsSegment)
        {
            batch.ChangeLink(network.BridgeIndex, new LinkChange { Alias = network.Alias, Mtu = network.Mtu, Up = true });
        }

        foreach (InterfaceAddress address in addresses)
        {
            batch.AddAddress(network.BridgeIndex, address.Address, address.PrefixLength);
        }

        session.Route.Execute();
    }

    /// <summary>The routes to the network's subnets come with the addresses, and can be deleted apart from them.</summary>
    private void CompareRoutes(KernelSession session, bool isUp)
    {
        foreach (InterfaceAddress address in network.BridgeAddresses)
        {
            // Asked about an address that is neither the bridge's own nor a broadcast address: for those the kernel has other routes.
            UInt128 probe = address.Subnet.OrdinalOf(address.Address) == 2 ? 1u : 2u;
            if (!isUp || probe >= address.Subnet.LastOrdinal)
            {
                continue;
            }

            RouteInfo? found = FindRoute(session, address.Subnet.AddressAt(probe));
            if (found?.OutputInterface == network.BridgeIndex)
            {
                continue;
            }

            if (found is not null && found.Destination.PrefixLength >= address.Subnet.PrefixLength)
            {
                Add(FindingKind.RouteShadowed, $"route {address.Subnet} by \"{Name}\"", $"route {found.Destination} by interface {found.OutputInterface}", "remove that route, or give the network another subnet");
                continue;
            }

            Add(FindingKind.RouteMissing, $"route {address.Subnet} by \"{Name}\"", "no such route");
            if (repair)
            {
                session.Route.Batch.AddRoute(new RouteSpec
                {
                    Destination = address.Subnet.ToIPNetwork(),
                    OutputInterface = network.BridgeIndex,
                    Scope = RouteScope.Link,
                    Source = address.Family == AddressFamily.InterNetwork ? address.Address : null,
                    Metric = address.Family == AddressFamily.InterNetwork ? null : ConnectedMetricIPv6,
                });
                session.Route.Execute();
            }
        }
    }

    private static RouteInfo? FindRoute(KernelSession session, IPAddress destination)
    {
        try
        {
            return session.Route.FindRoute(destination);
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.EHOSTUNREACH or LinuxErrno.EACCES or LinuxErrno.EINVAL)
        {
            return null;   // a route that says "unreachable", "prohibited" or "blackhole"
        }
    }

    private void CompareForwarding(KernelSession session)
    {
        foreach ((BridgeFamily? family, string key) in new[] { (network.IPv4, "net/ipv4/ip_forward"), (network.IPv6, "net/ipv6/conf/all/forwarding") })
        {
            if (needsForwarding && family is not null && session.ReadSysctl(session.HostNamespace, key) == "0")
            {
                AddSysctl(key, "1", "0");
                if (repair)
                {
                    session.WriteSysctl(session.HostNamespace, key, "1");
                }
            }
        }
    }

    private void AddSysctl(string key, string wanted, string found) => Add(FindingKind.SysctlChanged, $"{key} = {wanted}", found);

    private void Add(FindingKind kind, string wanted, string found, string? remedy = null) => _findings.Add(new Finding
    {
        Kind = kind,
        Subject = network.Subject,
        NetworkId = network.Id,
        Wanted = wanted,
        Found = found,
        Remedy = remedy,
        CanBeRepaired = remedy is null,
    });
}

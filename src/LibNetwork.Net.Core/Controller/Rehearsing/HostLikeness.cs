using System.Globalization;
using LibNetwork.Firewall;
using LibNetwork.Firewall.Foreign;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Controller.Rehearsing;

/// <summary>What of a host matters to verbs, and is not the controller's: read here, made there.</summary>
internal sealed class HostLikeness
{
    private const string OwnMark = "libnetwork:";   // at the beginning of the alias of whatever the library makes

    private static readonly string[] Parameters =
    [
        "net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/default/disable_ipv6", "net/ipv6/conf/default/accept_ra",
        "net/ipv4/ip_local_port_range", "net/ipv4/ip_local_reserved_ports",
    ];

    private static readonly string[] Forwarding = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"];

    private readonly Dictionary<string, string> _values;
    private readonly IReadOnlyList<LinkInfo> _links;
    private readonly ILookup<int, AddressInfo> _addresses;
    private readonly IReadOnlyList<ForeignChain> _droppingChains;

    private HostLikeness(
        Dictionary<string, string> values, IReadOnlyList<LinkInfo> links, ILookup<int, AddressInfo> addresses, IReadOnlyList<ForeignChain> droppingChains)
        => (_values, _links, _addresses, _droppingChains) = (values, links, addresses, droppingChains);

    /// <summary>Reads a host.</summary>
    /// <param name="session">The host.</param>
    /// <param name="withChains">Whether chains of others matter.</param>
    public static HostLikeness Read(KernelSession session, bool withChains)
    {
        Dictionary<string, string> values = [];
        foreach (string key in Parameters.Concat(Forwarding))
        {
            try
            {
                values[key] = session.ReadSysctl(session.HostNamespace, key);
            }
            catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
            {
                // A kernel without IPv6.
            }
        }

        // Ports of bridges are many and matter to nobody; what the library made is made again from its records.
        LinkInfo[] links = [.. session.Route.DumpLinks().Where(static link => link is { Name: not "lo", Master: null, Group: not LinkReaper.CondemnedGroup }
            && link.Alias?.StartsWith(OwnMark, StringComparison.Ordinal) != true)];
        ForeignChain[] chains = withChains
            ? [.. ForeignChain.In(session.Nftables.ReadChains(ForeignChain.CanBeIn)).Where(static foreign => !foreign.Table.HasOwner && foreign.Decide() == ChainOutcome.DroppedByPolicy)]
            : [];
        return new HostLikeness(values, links, session.Route.DumpAddresses().ToLookup(static address => address.Index), chains);
    }

    /// <summary>Makes another host like it.</summary>
    public void Make(KernelSession session)
    {
        Write(session, Parameters);
        session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
        foreach (LinkInfo link in _links)
        {
            if (link.Kind == "bridge")
            {
                session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = link.Name, Up = link.Up });
            }
            else
            {
                // Of whatever kind it is there: every kernel that has networks of ours can make this one.
                string other = string.Create(CultureInfo.InvariantCulture, $"peer{link.Index}");
                session.Route.Batch.CreateVeth(new VethLinkSpec { Name = link.Name, Up = link.Up, PeerName = other });
            }
        }

        session.Route.Execute();
        foreach (LinkInfo link in _links)
        {
            int index = session.Route.FindLink(link.Name)?.Index ?? throw new KernelException("find link", link.Name, LinuxErrno.ENODEV);
            foreach (AddressInfo address in _addresses[link.Index].Where(static address => !address.Address.IsIPv6LinkLocal))
            {
                session.Route.Batch.AddAddress(index, address.Address, address.PrefixLength);
            }

            session.Route.Execute();
            MakeParameters(session, link);
        }

        MakeChains(session);
    }

    /// <summary>Makes it forward as the host does; networks that are made again may have turned it on.</summary>
    public void MakeForwarding(KernelSession session) => Write(session, Forwarding);

    private void Write(KernelSession session, IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (_values.TryGetValue(key, out string? value))
            {
                session.WriteSysctl(session.HostNamespace, key, value.Length == 0 ? "\n" : value);
            }
        }
    }

    /// <summary>What a network looks at when it is put on a bridge of the user's.</summary>
    private static void MakeParameters(KernelSession session, LinkInfo link)
    {
        foreach ((string key, bool? value) in new[]
        {
            ($"net/ipv6/conf/{link.Name}/disable_ipv6", link.IPv6Disabled),
            ($"net/ipv6/conf/{link.Name}/accept_ra", link.AcceptsRouterAdvertisements),
            ($"net/ipv4/conf/{link.Name}/route_localnet", link.RoutesLoopback),
        })
        {
            if (value is { } on)
            {
                session.WriteSysctl(session.HostNamespace, key, on ? "1" : "0");
            }
        }
    }

    /// <summary>A chain whose rules decide nothing about a network is the same without them.</summary>
    private void MakeChains(KernelSession session)
    {
        if (_droppingChains.Count == 0)
        {
            return;
        }

        NftTransaction transaction = session.Nftables.Begin();
        foreach ((NftTable table, NftChain chain) in _droppingChains)
        {
            transaction.AddTable(table.Family, table.Name);
            transaction.AddBaseChain(table.Family, table.Name, chain.Name, NftHook.Forward, NftChainType.Filter, chain.Priority, NftPolicy.Drop);
        }

        session.Nftables.Commit(transaction);
    }
}

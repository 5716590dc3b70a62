using System.Net;
using LibNetwork.Firewall;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Parents;

/// <summary>The host's own interface on a network's parent, by which host and endpoints reach each other.</summary>
/// <remarks>
/// The kernel passes nothing between a parent and the interfaces on it, but it does between those. The shim has the one address that the network reserved for the host,
/// and a route to each joined endpoint alone: whatever else is on the wire goes by the parent as before, also where that has an address of the same subnet.
/// The firewall knows it as an internal network's interface: by it nobody reaches more than the host at that one address, although the host may forward.
/// </remarks>
internal static class HostShim
{
    /// <summary>The name of a pool's reserved address that is the host's.</summary>
    public const string AddressName = "host";

    private const int HostPrefixIPv4 = 32, HostPrefixIPv6 = 128;

    /// <summary>How the shim of a network is called.</summary>
    public static string NameOf(ParentNetwork network)
    {
        const int Digits = 12;
        return $"h{network.Driver[0]}-{network.Id.Value[..Math.Min(Digits, network.Id.Value.Length)]}";
    }

    /// <summary>What must not pass by the shim of a network: anything from it to another interface or back out, and the other way round.</summary>
    public static FirewallNetwork ToFirewall(ParentNetwork network)
        => new() { Id = network.Id, Interface = new InterfaceName(NameOf(network)), Internal = true, InterContainer = false };

    /// <summary>Whether a link is a shim of a driver's networks that is in use, and of which.</summary>
    public static string? NetworkOf(LinkInfo link, string driver)
        => link.Group != LinkReaper.CondemnedGroup && link.Alias?.StartsWith(MarkPrefix(driver), StringComparison.Ordinal) == true ? link.Alias[MarkPrefix(driver).Length..] : null;

    /// <summary>Finds the shim, or makes it; nothing is left when that fails.</summary>
    /// <param name="session">The kernel.</param>
    /// <param name="network">The network.</param>
    /// <param name="create">Asks for an interface of the network's kind, in the group of unfinished links.</param>
    public static void FindOrMake(KernelSession session, ParentNetwork network, Action<RtNetlinkBatch, string> create)
    {
        string name = NameOf(network);
        if (session.Route.FindLink(name) is { } present && NetworkOf(present, network.Driver) == network.Id.Value)
        {
            return;
        }

        create(session.Route.Batch, name);
        session.Route.Execute();
        try
        {
            Furnish(session, network, name);
        }
        catch (KernelException)
        {
            session.Route.Batch.DeleteLink(name);
            session.Route.ExecuteUnlessGone();
            throw;
        }
    }

    /// <summary>Takes the shim away, with its routes.</summary>
    public static void Remove(KernelSession session, ParentNetwork network)
    {
        if (session.Route.FindLink(NameOf(network)) is { } link && NetworkOf(link, network.Driver) == network.Id.Value)
        {
            Condemn(session, link);
        }
    }

    /// <summary>Cuts a shim off at once; it is deleted soon, and has its name until then.</summary>
    public static void Condemn(KernelSession session, LinkInfo link)
    {
        session.Route.Batch.ChangeLink(link.Index, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
        session.Route.ExecuteUnlessGone();
        session.Reaper.Notify();
    }

    /// <summary>Leads the host to an endpoint; nothing is left when that fails.</summary>
    public static void AddRoutes(KernelSession session, ParentEndpoint endpoint)
    {
        if (RoutesTo(session, endpoint) is not { Count: > 0 } routes)
        {
            return;
        }

        foreach (RouteSpec route in routes)
        {
            session.Route.Batch.ReplaceRoute(route);
        }

        try
        {
            session.Route.Execute();
        }
        catch (KernelException)
        {
            RemoveRoutes(session, endpoint);
            throw;
        }
    }

    /// <summary>Leads the host to an endpoint no more.</summary>
    public static void RemoveRoutes(KernelSession session, ParentEndpoint endpoint)
    {
        foreach (RouteSpec route in RoutesTo(session, endpoint))
        {
            session.Route.Batch.RemoveRoute(route);
        }

        session.Route.Execute();
    }

    private static void Furnish(KernelSession session, ParentNetwork network, string name)
    {
        // A host that listens to the wire's routers has an interface for that.
        foreach ((string parameter, string value) in (ReadOnlySpan<(string, string)>)[("accept_ra", "0"), ("autoconf", "0"), ("disable_ipv6", network.HostIPv6 is null ? "1" : "0")])
        {
            TryWrite(session, $"net/ipv6/conf/{name}/{parameter}", value);
        }

        int index = session.Route.FindLink(name)?.Index ?? throw new KernelException("find link", name, LinuxErrno.ENODEV);
        RtNetlinkBatch batch = session.Route.Batch;
        batch.ChangeLink(index, new LinkChange { Up = true });
        if (network.HostIPv4 is { } ipv4)
        {
            batch.AddAddress(index, ipv4, HostPrefixIPv4);
        }

        if (network.HostIPv6 is { } ipv6)
        {
            batch.AddAddress(index, ipv6, HostPrefixIPv6);
        }

        batch.ChangeLink(index, new LinkChange { Alias = MarkPrefix(network.Driver) + network.Id, Group = 0 });
        batch.SettleLink(index);
        session.Route.Execute();
    }

    private static void TryWrite(KernelSession session, string key, string value)
    {
        try
        {
            session.WriteSysctl(session.HostNamespace, key, value);
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENOENT)
        {
            // A kernel without IPv6.
        }
    }

    private static IReadOnlyList<RouteSpec> RoutesTo(KernelSession session, ParentEndpoint endpoint)
    {
        ParentNetwork network = endpoint.Network;
        if (!network.Options.HostAccess || session.Route.FindLink(NameOf(network)) is not { } shim)
        {
            return [];
        }

        (InterfaceAddress? To, IPAddress? Own, int Length)[] families = [(endpoint.IPv4, network.HostIPv4, HostPrefixIPv4), (endpoint.IPv6, network.HostIPv6, HostPrefixIPv6)];
        return [.. families.Where(static pair => pair.To is not null && pair.Own is not null)
            .Select(pair => new RouteSpec
            {
                Destination = new IPNetwork(pair.To!.Value.Address, pair.Length),   // both are there
                OutputInterface = shim.Index,
                Source = pair.Own,
                Scope = pair.Length == HostPrefixIPv4 ? RouteScope.Link : RouteScope.Universe,
            })];
    }

    private static string MarkPrefix(string driver) => $"libnetwork:{driver}-host:";
}

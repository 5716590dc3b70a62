using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;

namespace LibNetwork.Sandboxes;

/// <summary>Compares an interface of a sandbox with its plan in one turn at the kernel, and puts back what is missing.</summary>
/// <remarks>What a container adds for itself, addresses and routes, is its own; so is a default route that it chose in the place of ours.</remarks>
internal sealed class InterfaceMending(KernelSession session, NetworkNamespace inside, RtNetlink route, InterfacePlan plan, DefaultRoutes defaults)
{
    private readonly List<Difference> _differences = [];

    /// <returns>The differences as they are or were; <see langword="null"/> when there is no such interface.</returns>
    public IReadOnlyList<Difference>? Run(bool repair)
    {
        if (route.FindLink(plan.Name) is not { } link)
        {
            return null;
        }

        IReadOnlyList<(string Key, string Value)> sysctls = CompareSysctls(link);
        bool isDown = !link.Up;
        if (isDown)
        {
            Add(FindingKind.LinkDown, $"interface \"{plan.Name}\" is up", "it is down");
        }

        IReadOnlyList<(IPAddress Address, int PrefixLength)> addresses = CompareAddresses(link.Index);
        IReadOnlyList<RouteSpec> routes = CompareRoutes(link.Index);
        if (repair)
        {
            foreach ((string key, string value) in sysctls)
            {
                session.WriteSysctl(inside, key, value);
            }

            PutBack(link.Index, isDown, addresses, routes);
        }

        return _differences;
    }

    private void PutBack(
        int index, bool isDown, IReadOnlyList<(IPAddress Address, int PrefixLength)> addresses, IReadOnlyList<RouteSpec> routes)
    {
        if (!isDown && addresses.Count == 0 && routes.Count == 0)
        {
            return;
        }

        RtNetlinkBatch batch = route.Batch;
        bool bringsOwnLinkLocal = plan.OwnLinkLocal is { } own && addresses.Any(missing => missing.Address.Equals(own));
        if (bringsOwnLinkLocal)
        {
            batch.ChangeLink(index, new LinkChange { GenerateLinkLocal = false });   // the kernel would make the same one, and ask for a second whether it is taken
        }

        batch.ChangeLink(index, new LinkChange { Up = true });
        foreach ((IPAddress address, int prefixLength) in addresses)
        {
            batch.AddAddress(index, address, prefixLength);
        }

        if (bringsOwnLinkLocal)
        {
            batch.ChangeLink(index, new LinkChange { GenerateLinkLocal = true });
        }

        foreach (RouteSpec missing in routes)
        {
            batch.AddRoute(missing);
        }

        batch.SettleLink(index);
        route.Execute();
    }

    private List<(string Key, string Value)> CompareSysctls(LinkInfo link)
    {
        List<(string Key, string Value)> differing = [];
        string disableIPv6 = $"net/ipv6/conf/{plan.Name}/disable_ipv6";
        bool isUsersChoice = plan.Sysctls.Any(sysctl => sysctl.Key == disableIPv6);
        if (!isUsersChoice && link.IPv6Disabled is { } isOff && isOff == plan.HasIPv6)
        {
            differing.Add((disableIPv6, plan.HasIPv6 ? "0" : "1"));
            Add(FindingKind.SysctlChanged, $"{disableIPv6} = {(plan.HasIPv6 ? "0" : "1")}", isOff ? "1" : "0");
        }

        foreach ((string key, string value) in plan.Sysctls)
        {
            string found = session.ReadSysctl(inside, key);
            if (!IsSame(found, value))
            {
                differing.Add((key, value));
                Add(FindingKind.SysctlChanged, $"{key} = {value}", found);
            }
        }

        return differing;
    }

    private List<(IPAddress Address, int PrefixLength)> CompareAddresses(int index)
    {
        IReadOnlyList<AddressInfo> present = route.DumpAddresses(index);
        List<(IPAddress Address, int PrefixLength)> missing = [];
        foreach ((IPAddress address, int prefixLength) in plan.Addresses)
        {
            if (!present.Any(found => found.Address.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes())))
            {
                missing.Add((address, prefixLength));
                Add(FindingKind.AddressMissing, string.Create(CultureInfo.InvariantCulture, $"{address}/{prefixLength} on \"{plan.Name}\""), "no such address");
            }
        }

        return missing;
    }

    private List<RouteSpec> CompareRoutes(int index)
    {
        RouteSpec[] wanted = [.. plan.RoutesBy(index, defaults)];
        List<RouteSpec> missing = [];
        if (wanted.Length == 0)
        {
            return missing;
        }

        RouteInfo[] present = [.. route.DumpRoutes().Where(found => found is { Table: RouteSpec.MainTable, Type: RouteType.Unicast })];
        foreach (RouteSpec spec in wanted)
        {
            RouteInfo[] rivals = [.. present.Where(found => found.Destination.Equals(spec.Destination))];
            if (rivals.Any(found => found.OutputInterface == index && Equals(found.Gateway, spec.Gateway)))
            {
                continue;
            }

            uint metric = spec.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 0u : RouteSpec.DefaultMetricIPv6;
            if (rivals.FirstOrDefault(found => found.Metric == metric) is { } rival)
            {
                _differences.Add(new Difference(FindingKind.RouteShadowed, $"route {spec}", $"a route via {rival.Gateway} on interface {rival.OutputInterface} in its place")
                {
                    Remedy = "it was put there inside the sandbox; remove it there",
                });
            }
            else
            {
                missing.Add(spec);
                Add(FindingKind.RouteMissing, $"route {spec} by \"{plan.Name}\"", "no such route");
            }
        }

        return missing;
    }

    private void Add(FindingKind kind, string wanted, string found) => _differences.Add(new Difference(kind, wanted, found));

    // The kernel writes lists of numbers with tabs.
    private static bool IsSame(string found, string wanted)
        => found.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SequenceEqual(wanted.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}

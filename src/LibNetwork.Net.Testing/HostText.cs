using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Testing;

/// <summary>What a namespace holds, as its own kernel says it, in lines of text that do not depend on indexes and chosen addresses.</summary>
internal static class HostText
{
    private const int LocalTable = 255;   // follows from the addresses, for IPv6 a moment later

    public static IEnumerable<string> Of(RtNetlink route)
    {
        Dictionary<int, LinkInfo> links = route.DumpLinks().ToDictionary(static link => link.Index);
        foreach (LinkInfo link in links.Values.Where(static link => link.Group != LinkReaper.CondemnedGroup))
        {
            string above = link.Master is { } master && links.TryGetValue(master, out LinkInfo? bridge) ? bridge.Name : "nothing";
            yield return $"interface {link.Name} {link.Kind} {(link.Up ? "up" : "down")} mtu {link.Mtu} group {link.Group} in {above} \"{link.Alias}\"";
        }

        // The kernel gives each link that is up a link-local address of its own, a moment later; that is nobody's doing.
        foreach (AddressInfo address in route.DumpAddresses().Where(static address => !address.Address.IsIPv6LinkLocal))
        {
            yield return $"address {address.Address}/{address.PrefixLength} on {NameOf(address.Index)}";
        }

        foreach (RouteInfo found in route.DumpRoutes().Where(static found => found.Table != LocalTable && !IsOwn(found)))
        {
            yield return $"route {found.Destination} by {found.Gateway?.ToString() ?? "itself"} on {NameOf(found.OutputInterface ?? 0)}, table {found.Table}";
        }

        string NameOf(int index) => links.TryGetValue(index, out LinkInfo? link) ? link.Name : "nothing";
    }

    public static IEnumerable<string> Of(NftSocket rules)
    {
        foreach (NftTable table in rules.ReadRuleset(family: null, table: null).Tables)
        {
            yield return $"table {table.Family} {table.Name}";
            foreach (NftChain chain in table.Chains)
            {
                yield return $"table {table.Family} {table.Name}: chain {chain.Name} of {chain.Rules.Count} rules";
            }

            foreach (NftSet set in table.Sets)
            {
                yield return $"table {table.Family} {table.Name}: set {set.Name} of {set.Elements.Count} elements";
            }
        }
    }

    private static bool IsOwn(RouteInfo route)
        => route.Destination.BaseAddress.IsIPv6LinkLocal || route.Destination.BaseAddress.IsIPv6Multicast || route.Destination.BaseAddress.Equals(System.Net.IPAddress.IPv6Loopback);
}

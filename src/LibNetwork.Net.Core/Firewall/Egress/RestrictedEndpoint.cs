using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>An endpoint with a policy, and what its resolver found for the policy's names.</summary>
internal sealed class RestrictedEndpoint(string network, IReadOnlyList<IPAddress> addresses, EgressPlan plan)
{
    /// <summary>The host's interface to its network.</summary>
    public string Network { get; } = network;

    /// <summary>All addresses that it may send from.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; } = addresses;

    public EgressPlan Plan { get; } = plan;

    /// <summary>Until when a rule's name leads to an address, as a timestamp.</summary>
    public Dictionary<(EgressRule Rule, IPAddress Address), long> Found { get; } = [];

    /// <summary>What makes the policy hold for it, and what it may reach whatever that is called.</summary>
    public IEnumerable<(string Set, NftElement Element)> Elements
        => Addresses.Select(address => RoutedTable.RestrictedElementOf(Network, address))
            .Concat(Routable.SelectMany(source => Plan.ReachOf(source).Select(region => RoutedTable.ReachElementOf(Network, source, region))));

    /// <summary>What lets it reach the addresses that were found, each until when.</summary>
    public IEnumerable<((string Set, NftElement Element) Element, long Until)> NamedElements => Named(Found);

    /// <summary>What lets it reach some of them.</summary>
    public IEnumerable<((string Set, NftElement Element) Element, long Until)> NamedElementsOf(IReadOnlyCollection<IPAddress> found)
        => Named(Found.Where(pair => found.Contains(pair.Key.Address)));

    /// <summary>What lets it reach an address by a rule.</summary>
    public IEnumerable<(string Set, NftElement Element)> NamedElementsOf(EgressRule rule, IPAddress found)
        => Routable.Where(own => own.AddressFamily == found.AddressFamily).SelectMany(own => RoutedTable.NamedElementsOf(rule, Network, own, found));

    /// <summary>Whether it may begin a flow now.</summary>
    public bool MayReach(IPAddress address, byte protocol, ushort port, long now) => Plan.Reaches(address, protocol, port)
        || Found.Any(found => found.Key.Address.Equals(address) && found.Value > now && EgressPlan.Fits(found.Key.Rule, protocol, port));

    /// <summary>A packet from an address of the link leaves it only for the host, whose own such addresses are closed.</summary>
    private IEnumerable<IPAddress> Routable => Addresses.Where(static address => !address.IsIPv6LinkLocal);

    /// <summary>Rules may have ports in common: the longest time counts.</summary>
    private IEnumerable<((string Set, NftElement Element) Element, long Until)> Named(IEnumerable<KeyValuePair<(EgressRule Rule, IPAddress Address), long>> found)
        => found.SelectMany(pair => NamedElementsOf(pair.Key.Rule, pair.Key.Address).Select(element => (element, pair.Value)))
            .GroupBy(static named => named.element)
            .Select(static group => (group.Key, group.Max(static named => named.Value)));
}

using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>An endpoint with a policy, and what its resolver found for the policy's names.</summary>
internal sealed class RestrictedEndpoint(string network, IReadOnlyList<IPAddress> addresses, uint policy, EgressPlan plan)
{
    /// <summary>The host's interface to its network.</summary>
    public string Network { get; } = network;

    /// <summary>All addresses that it may send from.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; } = addresses;

    /// <summary>The number of its policy.</summary>
    public uint Policy { get; } = policy;

    public EgressPlan Plan { get; } = plan;

    /// <summary>Until when a rule's name leads to an address, as a timestamp.</summary>
    public Dictionary<(EgressRule Rule, IPAddress Address), long> Found { get; } = [];

    /// <summary>What makes the policy hold for it.</summary>
    public IEnumerable<(string Set, NftElement Element)> Elements
        => Addresses.Select(address => RoutedTable.RestrictedElementOf(Network, address, Policy));

    /// <summary>What lets it reach the addresses that were found, each until when.</summary>
    public IEnumerable<((string Set, NftElement Element) Element, long Until)> NamedElements
        => Found.Keys.Select(static found => found.Address).Distinct().SelectMany(NamedElementsOf);

    /// <summary>What lets it reach one of them.</summary>
    public IEnumerable<((string Set, NftElement Element) Element, long Until)> NamedElementsOf(IPAddress found)
    {
        foreach (uint door in Found.Keys.Where(key => key.Address.Equals(found)).SelectMany(key => Plan.DoorsOf(key.Rule)).Distinct())
        {
            long until = Until(door, found);
            foreach (IPAddress source in Addresses.Where(own => own.AddressFamily == found.AddressFamily && !own.IsIPv6LinkLocal))
            {
                yield return (RoutedTable.NamedElementOf(door, Network, source, found), until);
            }
        }
    }

    /// <summary>Whether it may begin a flow now.</summary>
    public bool MayReach(IPAddress address, byte protocol, ushort port, long now)
        => Plan.Reaches(address, protocol, port) || (Plan.DoorAt(protocol, port) is { } door && Until(door, address) > now);

    private long Until(uint door, IPAddress found) => Plan.RulesOf(door).Max(rule => Found.GetValueOrDefault((rule, found)));
}

using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The endpoints of a host that have a policy, as the firewall knows them. Touched in turns at the kernel only.</summary>
internal sealed class EgressModel(TimeProvider time)
{
    private const int MostAddresses = 1024;   // of one endpoint; whoever answers for a name must not fill the kernel's memory

    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(1);   // nobody misses an element that has so little time left
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);   // so long the kernel may show one whose time is over

    private readonly Dictionary<EndpointId, RestrictedEndpoint> _endpoints = [];

    /// <summary>The elements of all that is there.</summary>
    public IEnumerable<(string Set, NftElement Element)> All
        => _endpoints.Values.SelectMany(static endpoint => endpoint.Elements).Concat(_endpoints.Values.SelectMany(Lasting));

    /// <summary>Whether no endpoint has a policy.</summary>
    public bool IsEmpty => _endpoints.Count == 0;

    /// <summary>The elements that leave by themselves, also those whose time is nearly or just over: they may be there, and need not.</summary>
    public IReadOnlySet<(string Set, NftElement Element)> Passing
        => _endpoints.Values.SelectMany(static endpoint => endpoint.NamedElements).Select(static named => named.Element).ToHashSet();

    public RestrictedEndpoint? Find(EndpointId endpoint) => _endpoints.GetValueOrDefault(endpoint);

    /// <summary>What it means to give an endpoint a policy, or another one.</summary>
    /// <param name="id">The endpoint.</param>
    /// <param name="network">The host's interface to its network.</param>
    /// <param name="addresses">All addresses that it may send from.</param>
    /// <param name="egress">The policy.</param>
    public EgressChange Put(EndpointId id, string network, IReadOnlyList<IPAddress> addresses, EgressPolicy egress)
    {
        RestrictedEndpoint? before = Find(id);
        RestrictedEndpoint after = new(network, addresses, new EgressPlan(egress));
        foreach (((EgressRule rule, IPAddress address), long until) in before?.Found ?? [])
        {
            if (egress.Allowed.Contains(rule))
            {
                after.Found[(rule, address)] = until;
            }
        }

        return EgressChange.Between(ElementsOf(before), [.. after.Elements, .. Lasting(after)], () => _endpoints[id] = after);
    }

    /// <summary>What it means to take an endpoint's policy away.</summary>
    public EgressChange Remove(EndpointId id) => Find(id) is not { } before
        ? EgressChange.None
        : EgressChange.Between(ElementsOf(before), [], () => _endpoints.Remove(id));

    /// <summary>What it means that an endpoint's resolver found addresses for a name.</summary>
    /// <returns><see langword="null"/> when the endpoint has too many.</returns>
    public EgressChange? Admit(EndpointId id, IReadOnlyList<EgressRule> rules, IReadOnlyList<IPAddress> addresses, TimeSpan duration)
    {
        if (Find(id) is not { } endpoint)
        {
            return EgressChange.None;
        }

        ForgetPast(endpoint);
        long until = time.GetTimestamp() + ToTicks(duration), enough = until - ToTicks(Grain);
        (EgressRule Rule, IPAddress Address)[] found = [.. rules
            .SelectMany(rule => addresses.Select(address => (rule, address)))
            .Where(pair => endpoint.Plan.Policy.Allowed.Contains(pair.rule) && endpoint.Found.GetValueOrDefault(pair) < enough)];
        if (endpoint.Found.Keys.Concat(found).Select(static pair => pair.Address).Distinct().Count() > MostAddresses)
        {
            return null;
        }

        RestrictedEndpoint after = new(endpoint.Network, endpoint.Addresses, endpoint.Plan);
        foreach (((EgressRule, IPAddress Address) pair, long before) in endpoint.Found.Where(pair => addresses.Contains(pair.Key.Address)))
        {
            after.Found[pair] = before;
        }

        foreach ((EgressRule, IPAddress) pair in found)
        {
            after.Found[pair] = until;
        }

        // A kernel before 6.12 does not change the time of an element that is there, so it is removed and added in one change.
        Dictionary<(string, NftElement), long> present = endpoint.NamedElementsOf(addresses).ToDictionary();
        ((string Set, NftElement Element) Element, long Until)[] longer =
            [.. after.NamedElements.Where(named => named.Until > present.GetValueOrDefault(named.Element))];
        return new EgressChange(
            [.. longer.Select(static named => named.Element).Where(present.ContainsKey)],
            [.. longer.Select(named => (named.Element.Set, named.Element.Element.WithTimeout(named.Until == until ? duration : Left(named.Until))))],
            () =>
            {
                foreach ((EgressRule, IPAddress) pair in found)
                {
                    endpoint.Found[pair] = until;
                }
            });
    }

    /// <summary>Takes over what an earlier process's resolvers found, with the time that is left of it.</summary>
    public void TakeUp(NftTable? present)
    {
        Dictionary<(NftValue Network, NftValue Source), RestrictedEndpoint> known = _endpoints.Values
            .SelectMany(static endpoint => endpoint.Addresses.Select(address => (Key: ((NftValue)endpoint.Network, (NftValue)address), endpoint)))
            .ToDictionary(static pair => pair.Key, static pair => pair.endpoint);
        Dictionary<(string Set, NftElement Element), TimeSpan> open = [];
        HashSet<(RestrictedEndpoint Endpoint, IPAddress Address)> found = [];
        foreach (NftSet set in present?.Sets.Where(static set => RoutedTable.IsNamed(set.Name)) ?? [])
        {
            foreach (NftElement element in set.Elements)
            {
                if (known.TryGetValue((element.Key[0], element.Key[1]), out RestrictedEndpoint? endpoint))
                {
                    open[(set.Name, element)] = element.Expires ?? TimeSpan.Zero;
                    found.Add((endpoint, new IPAddress(element.Key[2].ToArray())));
                }
            }
        }

        foreach ((RestrictedEndpoint endpoint, IPAddress address) in found)
        {
            foreach (EgressRule rule in endpoint.Plan.Policy.Allowed.Where(static rule => rule.Name is not null))
            {
                (string, NftElement)[] elements = [.. endpoint.NamedElementsOf(rule, address)];
                if (elements.Length > 0 && elements.All(open.ContainsKey))   // only then can it be this rule's name that was found
                {
                    endpoint.Found[(rule, address)] = time.GetTimestamp() + ToTicks(elements.Min(element => open[element]));
                }
            }
        }
    }

    public void Clear() => _endpoints.Clear();

    /// <summary>All that is there for an endpoint.</summary>
    private static (string Set, NftElement Element)[] ElementsOf(RestrictedEndpoint? endpoint)
        => endpoint is null ? [] : [.. endpoint.Elements, .. endpoint.NamedElements.Select(static named => named.Element)];

    /// <summary>What lets an endpoint reach addresses for a while from now on.</summary>
    private IEnumerable<(string Set, NftElement Element)> Lasting(RestrictedEndpoint endpoint)
        => endpoint.NamedElements.Where(named => Left(named.Until) > Grain)
            .Select(named => (named.Element.Set, named.Element.Element.WithTimeout(Left(named.Until))));

    private void ForgetPast(RestrictedEndpoint endpoint)
    {
        foreach ((EgressRule, IPAddress) pair in endpoint.Found.Where(pair => Left(pair.Value) < -Grace).Select(static pair => pair.Key).ToArray())
        {
            endpoint.Found.Remove(pair);
        }
    }

    private TimeSpan Left(long until) => time.GetElapsedTime(time.GetTimestamp(), until);

    private long ToTicks(TimeSpan duration) => (long)(duration.TotalSeconds * time.TimestampFrequency);
}

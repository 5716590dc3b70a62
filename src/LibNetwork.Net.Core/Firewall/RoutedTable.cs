using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The table <c>inet libnetwork</c>: what may be routed between networks, the host and the outside, and under which address.</summary>
internal static partial class RoutedTable
{
    private const NftFamily Family = NftFamily.Inet;
    public const string Table = "libnetwork";

    private const string Shape = "libnetwork rules 5";   // another number for other rules or sets

    private const string Forward = "forward";
    private const string Input = "input";
    private const string Postrouting = "postrouting";

    private const int FilterPriority = 0;
    private const int SourceNatPriority = 100;

    // Names of the table's sets. Each holds interface names; "within" maps a network's interface with itself to a verdict.
    private const string Networks = "networks";
    private const string Internal = "internal";
    private const string Within = "within";
    private const string Protected4 = "protected4";
    private const string Protected6 = "protected6";
    private const string Masquerade4 = "masquerade4";
    private const string Masquerade6 = "masquerade6";
    private const string Source4 = "source4";
    private const string Source6 = "source6";

    public static void Create(NftTransaction transaction)
    {
        // A table of that name is left from a process that died: its state is in nobody's model any more.
        transaction.DestroyTable(Family, Table);
        transaction.AddTable(Family, Table, Shape);
        foreach (string set in (string[])[Networks, Internal, Protected4, Protected6, Masquerade4, Masquerade6])
        {
            transaction.AddSet(Family, Table, new NftSetSpec { Name = set, Key = [NftDataType.IfName] });
        }

        transaction.AddSet(
            Family, Table, new NftSetSpec { Name = Within, Key = [NftDataType.IfName, NftDataType.IfName], IsVerdictMap = true });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Source4, Key = [NftDataType.IfName], Data = [NftDataType.IPv4Address] });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Source6, Key = [NftDataType.IfName], Data = [NftDataType.IPv6Address] });

        CreatePortSets(transaction);
        CreateEgressSets(transaction);
        AddEgressChains(transaction);
        AddLinkRules(transaction);
        AddLoopbackRules(transaction);
        AddPublishingRules(transaction);
        AddRules(transaction);
    }

    /// <summary>Makes the table hold these networks and ports; if they are all, nothing else, whatever an earlier process left.</summary>
    public static void Replace(
        NftTransaction transaction, NftRuleset present, bool isComplete, IEnumerable<FirewallNetwork> networks, IEnumerable<FirewallLink> links,
        PortElements.Model ports, EgressModel egress)
        => TableContents.Replace(
            transaction, Find(present), isComplete, Family, Table, Shape, Create, networks.SelectMany(ElementsOf).Concat(links.Select(ElementOf)).Concat(ports.All).Concat(egress.All),
            egress.Passing);

    /// <summary>Compares the table with what it should be.</summary>
    public static TableComparison Compare(
        NftSocket socket, NftRuleset present, bool isComplete, IEnumerable<FirewallNetwork> networks, IEnumerable<FirewallLink> links,
        PortElements.Model ports, EgressModel egress)
        => TableComparison.Of(
            Find(present), TableContents.Preview(socket, Family, Table, Create), isComplete,
            networks.SelectMany(ElementsOf).Concat(links.Select(ElementOf)).Concat(ports.All).Concat(egress.All), egress.Passing);

    public static NftTable? Find(NftRuleset present) => present.Find(Family, Table);

    public static void Delete(NftTransaction transaction) => transaction.DestroyTable(Family, Table);

    public static void AddNetwork(NftTransaction transaction, FirewallNetwork network)
    {
        foreach ((string set, NftElement element) in ElementsOf(network))
        {
            transaction.AddElement(Family, Table, set, element);
        }
    }

    public static void RemoveNetwork(NftTransaction transaction, FirewallNetwork network)
    {
        foreach ((string set, NftElement element) in ElementsOf(network))
        {
            transaction.DeleteElement(Family, Table, set, element);
        }
    }

    private static IEnumerable<(string Set, NftElement Element)> ElementsOf(FirewallNetwork network)
    {
        string name = network.Interface.Value;
        yield return (Networks, NftElement.Of(name));
        yield return (Within, NftElement.Of(name, name).WithVerdict(network.InterContainer ? NftVerdict.Accept : NftVerdict.Goto(Between)));
        if (network.Internal)
        {
            yield return (Internal, NftElement.Of(name));
            yield break;
        }

        foreach ((string Set, NftElement Element) reach in ReachElementsOf(network))
        {
            yield return reach;
        }

        foreach ((FirewallFamily? family, string protect, string masquerade, string source) in new[]
        {
            (network.IPv4, Protected4, Masquerade4, Source4),
            (network.IPv6, Protected6, Masquerade6, Source6),
        })
        {
            if (family is null)
            {
                continue;
            }

            if (family.Protected)
            {
                yield return (protect, NftElement.Of(name));
            }

            if (family.Masquerade && family.SourceAddress is { } address)
            {
                yield return (source, NftElement.Of(name).WithData(address));
            }
            else if (family.Masquerade)
            {
                yield return (masquerade, NftElement.Of(name));
            }
        }
    }

    private static void AddRules(NftTransaction transaction)
    {
        transaction.AddBaseChain(Family, Table, Forward, NftHook.Forward, NftChainType.Filter, FilterPriority);
        Rule(transaction, Forward, "endpoints of one network", new NftRule().VerdictMap(Within, NftLoad.IifName, NftLoad.OifName));
        Rule(transaction, Forward, "nothing leaves an internal network", new NftRule().IifNameInSet(Internal).Drop());
        Rule(transaction, Forward, "nothing enters an internal network", new NftRule().OifNameInSet(Internal).Drop());
        AddEgressRules(transaction, Forward);
        Rule(transaction, Forward, "answers come in", new NftRule().OifNameInSet(Networks).CtState(NftCtState.Established | NftCtState.Related).Accept());
        AddOpenPortRules(transaction);
        Rule(transaction, Forward, "networks are apart", new NftRule().IifNameInSet(Networks).OifNameInSet(Networks).Drop());
        Rule(transaction, Forward, "nothing comes in unasked", new NftRule().NfProto(NftFamily.IPv4).OifNameInSet(Protected4).Drop());
        Rule(transaction, Forward, "nothing comes in unasked", new NftRule().NfProto(NftFamily.IPv6).OifNameInSet(Protected6).Drop());

        transaction.AddBaseChain(Family, Table, Input, NftHook.Input, NftChainType.Filter, FilterPriority);
        Rule(transaction, Input, "an internal network reaches only its own gateway address",
            new NftRule().IifNameInSet(Internal).FibDestinationIifType(NftAddressType.Unicast).Drop());

        AddEgressRules(transaction, Input);
        AddRelayRules(transaction);
        transaction.AddBaseChain(Family, Table, Postrouting, NftHook.Postrouting, NftChainType.Nat, SourceNatPriority);
        AddReturnRules(transaction);
        foreach ((NftFamily family, string masquerade, string source) in new[]
        {
            (NftFamily.IPv4, Masquerade4, Source4),
            (NftFamily.IPv6, Masquerade6, Source6),
        })
        {
            Rule(transaction, Postrouting, "what leaves carries the chosen address of the host",
                new NftRule().NfProto(family).OifNameNotInSet(Networks).SnatToMapAddress(family, source, NftLoad.IifName));
            Rule(transaction, Postrouting, "what leaves carries the host's address",
                new NftRule().NfProto(family).OifNameNotInSet(Networks).IifNameInSet(masquerade).Masquerade());
        }
    }

    private static void Rule(NftTransaction transaction, string chain, string comment, NftRule rule)
        => transaction.AddRule(Family, Table, chain, rule.WithComment(comment));
}

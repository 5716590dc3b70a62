using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The table <c>inet libnetwork</c>: what may be routed between networks, the host and the outside, and under which address.</summary>
internal static class RoutedTable
{
    private const NftFamily Family = NftFamily.Inet;
    private const string Table = "libnetwork";

    private const string Forward = "forward";
    private const string Input = "input";
    private const string Postrouting = "postrouting";

    private const byte IPv4 = 2;   // NFPROTO_IPV4
    private const byte IPv6 = 10;   // NFPROTO_IPV6
    private const int IfNameRegisters = 4;   // a name takes 16 bytes
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
        transaction.AddTable(Family, Table);
        foreach (string set in (string[])[Networks, Internal, Protected4, Protected6, Masquerade4, Masquerade6])
        {
            transaction.AddSet(Family, Table, new NftSetSpec { Name = set, Key = [NftDataType.IfName] });
        }

        transaction.AddSet(
            Family, Table, new NftSetSpec { Name = Within, Key = [NftDataType.IfName, NftDataType.IfName], IsVerdictMap = true });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Source4, Key = [NftDataType.IfName], Data = [NftDataType.IPv4Address] });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Source6, Key = [NftDataType.IfName], Data = [NftDataType.IPv6Address] });

        AddRules(transaction);
    }

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
        yield return (Within, NftElement.Of(name, name).WithVerdict(network.InterContainer ? NftVerdict.Accept : NftVerdict.Drop));
        if (network.Internal)
        {
            yield return (Internal, NftElement.Of(name));
            yield break;
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
        const uint EstablishedOrRelated = 2 | 4;
        const uint Unicast = 1;

        transaction.AddBaseChain(Family, Table, Forward, NftHook.Forward, NftChainType.Filter, FilterPriority);
        Rule(transaction, Forward, new NftRule { Comment = "endpoints of one network" }
            .Load(NftMeta.InputName).Load(NftMeta.OutputName, IfNameRegisters).Decide(Within));
        Rule(transaction, Forward, new NftRule { Comment = "nothing leaves an internal network" }
            .Load(NftMeta.InputName).WhereIn(Internal).Then(NftVerdict.Drop));
        Rule(transaction, Forward, new NftRule { Comment = "nothing enters an internal network" }
            .Load(NftMeta.OutputName).WhereIn(Internal).Then(NftVerdict.Drop));
        Rule(transaction, Forward, new NftRule { Comment = "networks are apart" }
            .Load(NftMeta.InputName).WhereIn(Networks).Load(NftMeta.OutputName).WhereIn(Networks).Then(NftVerdict.Drop));
        Rule(transaction, Forward, new NftRule { Comment = "answers come in" }
            .Load(NftMeta.OutputName).WhereIn(Networks).WhereConnectionState(EstablishedOrRelated).Then(NftVerdict.Accept));
        Rule(transaction, Forward, new NftRule { Comment = "nothing comes in unasked" }
            .Load(NftMeta.NetworkProtocol).Where(NftValue.Protocol(IPv4)).Load(NftMeta.OutputName).WhereIn(Protected4).Then(NftVerdict.Drop));
        Rule(transaction, Forward, new NftRule { Comment = "nothing comes in unasked" }
            .Load(NftMeta.NetworkProtocol).Where(NftValue.Protocol(IPv6)).Load(NftMeta.OutputName).WhereIn(Protected6).Then(NftVerdict.Drop));

        transaction.AddBaseChain(Family, Table, Input, NftHook.Input, NftChainType.Filter, FilterPriority);
        Rule(transaction, Input, new NftRule { Comment = "an internal network reaches only its own gateway address" }
            .Load(NftMeta.InputName).WhereIn(Internal).LoadDestinationTypeOnInput().Where(NftValue.Number(Unicast)).Then(NftVerdict.Drop));

        transaction.AddBaseChain(Family, Table, Postrouting, NftHook.Postrouting, NftChainType.Nat, SourceNatPriority);
        foreach ((byte protocol, NftFamily family, string masquerade, string source) in new[]
        {
            (IPv4, NftFamily.IPv4, Masquerade4, Source4),
            (IPv6, NftFamily.IPv6, Masquerade6, Source6),
        })
        {
            Rule(transaction, Postrouting, new NftRule { Comment = "what leaves carries the chosen address of the host" }
                .Load(NftMeta.NetworkProtocol).Where(NftValue.Protocol(protocol)).Load(NftMeta.OutputName).WhereNotIn(Networks)
                .Load(NftMeta.InputName).Translate(source, register: 0, into: 0).SourceNat(family, register: 0));
            Rule(transaction, Postrouting, new NftRule { Comment = "what leaves carries the host's address" }
                .Load(NftMeta.NetworkProtocol).Where(NftValue.Protocol(protocol)).Load(NftMeta.OutputName).WhereNotIn(Networks)
                .Load(NftMeta.InputName).WhereIn(masquerade).Masquerade());
        }
    }

    private static void Rule(NftTransaction transaction, string chain, NftRule rule) => transaction.AddRule(Family, Table, chain, rule);
}

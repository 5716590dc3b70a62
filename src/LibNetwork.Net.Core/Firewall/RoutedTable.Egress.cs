using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <content>What endpoints with a policy may reach beyond their own network.</content>
/// <remarks>
/// An endpoint is an address behind an interface. <c>restricted</c> says which have a policy; <c>reach</c> what each may reach whatever that
/// is called, by intervals; the <c>named</c> sets, which addresses its resolver found for a name of the policy, each for a while: with
/// everything, with a protocol, or with a port. What counts is what the endpoint addressed, before translation.
/// </remarks>
internal static partial class RoutedTable
{
    private const string Restricted4 = "restricted4";
    private const string Restricted6 = "restricted6";
    private const string Reach4 = "reach4";
    private const string Reach6 = "reach6";
    private const string Named4 = "named4";
    private const string Named6 = "named6";
    private const string NamedProtocol4 = "namedprotocol4";
    private const string NamedProtocol6 = "namedprotocol6";
    private const string NamedPort4 = "namedport4";
    private const string NamedPort6 = "namedport6";
    private const string Egress4 = "egress4";
    private const string Egress6 = "egress6";
    private const string ToHost4 = "egress-host4";
    private const string ToHost6 = "egress-host6";

    private static readonly string[] EgressChains = [Egress4, Egress6, ToHost4, ToHost6];
    private static readonly string[] EgressSets =
        [Restricted4, Restricted6, Reach4, Reach6, Named4, Named6, NamedProtocol4, NamedProtocol6, NamedPort4, NamedPort6];

    private static readonly NftLoad AddressedPort = NftLoad.Ct(NftCtKey.DestinationPort, NftCtDirection.Original);

    /// <summary>Takes elements out and puts others in, in that order.</summary>
    public static void ChangeElements(
        NftTransaction transaction, IReadOnlyList<(string Set, NftElement Element)> removed, IReadOnlyList<(string Set, NftElement Element)> added)
    {
        foreach ((string set, NftElement element) in removed)
        {
            transaction.DestroyElement(Family, Table, set, element);   // somebody may have flushed it, or its time is over
        }

        foreach ((string set, NftElement element) in added)
        {
            transaction.AddElement(Family, Table, set, element);
        }
    }

    /// <summary>The table without what holds for endpoints with a policy, for a host where none has one.</summary>
    public static NftTable WithoutEgress(NftTable table) => table with
    {
        Sets = [.. table.Sets.Where(static set => !EgressSets.Contains(set.Name))],
        Chains = [.. table.Chains.Where(static chain => !EgressChains.Contains(chain.Name))
            .Select(static chain => chain with { Rules = [.. chain.Rules.Where(static rule => !LeadsToEgress(rule.Rule))] })],
    };

    private static bool LeadsToEgress(NftRule rule)
        => rule.Expressions.Any(static step => step is NftVerdictExpression { Verdict.Chain: { } chain } && EgressChains.Contains(chain));

    /// <summary>Whether a set holds what names lead to, whose elements leave by themselves.</summary>
    public static bool IsNamed(string set) => set is Named4 or Named6 or NamedProtocol4 or NamedProtocol6 or NamedPort4 or NamedPort6;

    /// <summary>What makes a policy hold for an endpoint's address.</summary>
    public static (string Set, NftElement Element) RestrictedElementOf(string network, IPAddress source)
        => (IsIPv4(source) ? Restricted4 : Restricted6, NftElement.Of(network, source));

    /// <summary>What lets an endpoint reach addresses, protocols and ports.</summary>
    public static (string Set, NftElement Element) ReachElementOf(string network, IPAddress source, Region region)
    {
        (FieldRange addresses, FieldRange protocols, FieldRange ports) = (region.Fields[0], region.Fields[1], region.Fields[2]);
        return (IsIPv4(source) ? Reach4 : Reach6, Range(
            [network, source, ToAddress(addresses.First, source.AddressFamily), (byte)protocols.First, (ushort)ports.First],
            [network, source, ToAddress(addresses.Last, source.AddressFamily), (byte)protocols.Last, (ushort)ports.Last]));
    }

    /// <summary>What lets an endpoint reach an address that was found for a rule's name.</summary>
    public static IEnumerable<(string Set, NftElement Element)> NamedElementsOf(EgressRule rule, string network, IPAddress source, IPAddress found)
    {
        bool isIPv4 = IsIPv4(found);
        if (rule.Protocol is not { } protocol)
        {
            return [(isIPv4 ? Named4 : Named6, NftElement.Of(network, source, found))];
        }

        return rule.Ports is not { } ports
            ? [(isIPv4 ? NamedProtocol4 : NamedProtocol6, NftElement.Of(network, source, found, (byte)protocol))]
            : Enumerable.Range(ports.First, ports.Count).Select(port => (
                isIPv4 ? NamedPort4 : NamedPort6, NftElement.Of(network, source, found, (byte)protocol, (ushort)port)));
    }

    private static void CreateEgressSets(NftTransaction transaction)
    {
        foreach ((string restricted, string reach, string named, string namedProtocol, string namedPort, NftDataType address) in new[]
        {
            (Restricted4, Reach4, Named4, NamedProtocol4, NamedPort4, NftDataType.IPv4Address),
            (Restricted6, Reach6, Named6, NamedProtocol6, NamedPort6, NftDataType.IPv6Address),
        })
        {
            NftDataType[] endpoint = [NftDataType.IfName, address], full = [.. endpoint, address, NftDataType.InetProtocol, NftDataType.InetService];
            transaction.AddSet(Family, Table, new NftSetSpec { Name = restricted, Key = endpoint });
            transaction.AddSet(Family, Table, new NftSetSpec { Name = reach, Key = full, Interval = true });
            foreach ((string set, int fields) in new[] { (named, 3), (namedProtocol, 4), (namedPort, 5) })
            {
                transaction.AddSet(Family, Table, new NftSetSpec { Name = set, Key = full[..fields], Timeout = true });
            }
        }
    }

    private static void AddEgressChains(NftTransaction transaction)
    {
        const byte IcmpV6 = 58, Solicitation = 135, Advertisement = 136;
        const byte AdministrativelyProhibited = 3;   // NFT_REJECT_ICMPX_ADMIN_PROHIBITED
        foreach ((NftLoad source, NftCtKey destination, string reach, string[] named, string egress, string toHost) in new[]
        {
            (NftLoad.IPv4Source, NftCtKey.DestinationIPv4, Reach4, new[] { Named4, NamedProtocol4, NamedPort4 }, Egress4, ToHost4),
            (NftLoad.IPv6Source, NftCtKey.DestinationIPv6, Reach6, [Named6, NamedProtocol6, NamedPort6], Egress6, ToHost6),
        })
        {
            NftLoad[] key = [NftLoad.IifName, source, NftLoad.Ct(destination, NftCtDirection.Original), NftLoad.L4Proto, AddressedPort];
            foreach (string chain in (string[])[egress, toHost])
            {
                transaction.AddChain(Family, Table, chain);
                if (chain == ToHost6)
                {
                    Rule(transaction, chain, "the host is a neighbour", new NftRule().L4Proto(IcmpV6)
                        .MatchRange(NftLoad.Payload(NftPayloadBase.Transport, offset: 0, length: 1), Solicitation, Advertisement).Return());
                }

                Rule(transaction, chain, "answers, and flows that were allowed", new NftRule().CtState(NftCtState.Established | NftCtState.Related).Return());
                Rule(transaction, chain, "what the policy has", new NftRule().InSet(reach, key).Return());
                if (chain == egress)
                {
                    // Whoever answers for a name must not be able to open the host, nor what is behind its published ports.
                    for (int i = 0; i < named.Length; i++)
                    {
                        Rule(transaction, chain, "what the policy's names lead to", new NftRule().OifNameNotInSet(Networks).InSet(named[i], key.AsSpan(0, 3 + i)).Return());
                    }
                }

                Rule(transaction, chain, "nothing else", new NftRule().Reject(NftRejectKind.Icmpx, AdministrativelyProhibited));
            }
        }
    }

    private static void AddEgressRules(NftTransaction transaction, string chain)
    {
        foreach ((NftFamily family, NftLoad source, string restricted, string egress) in new[]
        {
            (NftFamily.IPv4, NftLoad.IPv4Source, Restricted4, chain == Input ? ToHost4 : Egress4),
            (NftFamily.IPv6, NftLoad.IPv6Source, Restricted6, chain == Input ? ToHost6 : Egress6),
        })
        {
            Rule(transaction, chain, "what an endpoint with a policy may reach", new NftRule().NfProto(family).InSet(restricted, NftLoad.IifName, source).Jump(egress));
        }
    }

    private static NftElement Range(ReadOnlySpan<NftValue> first, ReadOnlySpan<NftValue> last)
        => first.SequenceEqual(last) ? NftElement.Of(first) : NftElement.Of(first).To(last);

    private static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    private static IPAddress ToAddress(UInt128 number, AddressFamily family)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(family == AddressFamily.InterNetwork ? bytes[^sizeof(uint)..] : bytes);
    }
}

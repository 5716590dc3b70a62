using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <content>What endpoints with a policy may reach beyond their own network.</content>
/// <remarks>
/// A map says which policy holds for an address behind an interface, so that endpoints with the same policy share its rules: <c>reach</c>
/// has the policy's addresses, protocols and ports; <c>doors</c> what its names have of protocols and ports; <c>named</c>, which addresses
/// an endpoint's resolver found for names of a door, each for a while. What counts is what the endpoint addressed, before translation.
/// </remarks>
internal static partial class RoutedTable
{
    public const string Named4 = "named4";
    public const string Named6 = "named6";

    private const string Restricted4 = "restricted4";
    private const string Restricted6 = "restricted6";
    private const string Reach4 = "reach4";
    private const string Reach6 = "reach6";
    private const string Doors = "doors";
    private const string Egress4 = "egress4";
    private const string Egress6 = "egress6";
    private const string ToHost4 = "egress-host4";
    private const string ToHost6 = "egress-host6";

    private static readonly NftLoad AddressedPort = NftLoad.Ct(NftCtKey.DestinationPort, NftCtDirection.Original);

    private static readonly (NftFamily Family, NftLoad Source, NftLoad Addressed, string Restricted, string Reach, string Named, string Egress, string ToHost)[] Families =
    [
        (NftFamily.IPv4, NftLoad.IPv4Source, NftLoad.Ct(NftCtKey.DestinationIPv4, NftCtDirection.Original), Restricted4, Reach4, Named4, Egress4, ToHost4),
        (NftFamily.IPv6, NftLoad.IPv6Source, NftLoad.Ct(NftCtKey.DestinationIPv6, NftCtDirection.Original), Restricted6, Reach6, Named6, Egress6, ToHost6),
    ];

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

    /// <summary>What makes a policy hold for an endpoint's address.</summary>
    public static (string Set, NftElement Element) RestrictedElementOf(string network, IPAddress source, uint policy)
        => (IsIPv4(source) ? Restricted4 : Restricted6, NftElement.Of(network, source).WithData(NftValue.Mark(policy)));

    /// <summary>A policy's own elements.</summary>
    public static IEnumerable<(string Set, NftElement Element)> PolicyElementsOf(uint policy, EgressPlan plan)
    {
        NftValue number = NftValue.Mark(policy);
        foreach ((string set, IReadOnlyList<Region> reach, AddressFamily family) in new[]
        {
            (Reach4, plan.Reach4, AddressFamily.InterNetwork), (Reach6, plan.Reach6, AddressFamily.InterNetworkV6),
        })
        {
            foreach (Region region in reach)
            {
                (FieldRange addresses, FieldRange protocols, FieldRange ports) = (region.Fields[0], region.Fields[1], region.Fields[2]);
                yield return (set, Range(
                    [number, ToAddress(addresses.First, family), (byte)protocols.First, (ushort)ports.First],
                    [number, ToAddress(addresses.Last, family), (byte)protocols.Last, (ushort)ports.Last]));
            }
        }

        foreach ((FieldRange protocols, FieldRange ports, uint door) in plan.Doors)
        {
            NftElement element = Range([number, (byte)protocols.First, (ushort)ports.First], [number, (byte)protocols.Last, (ushort)ports.Last]);
            yield return (Doors, element.WithData(NftValue.Mark(door)));
        }
    }

    /// <summary>What lets an endpoint reach an address by a door.</summary>
    public static (string Set, NftElement Element) NamedElementOf(uint door, string network, IPAddress source, IPAddress found)
        => (IsIPv4(found) ? Named4 : Named6, NftElement.Of(NftValue.Mark(door), network, source, found));

    private static void CreateEgressSets(NftTransaction transaction)
    {
        foreach ((string restricted, string reach, string named, NftDataType address) in new[]
        {
            (Restricted4, Reach4, Named4, NftDataType.IPv4Address), (Restricted6, Reach6, Named6, NftDataType.IPv6Address),
        })
        {
            transaction.AddSet(Family, Table, new NftSetSpec { Name = restricted, Key = [NftDataType.IfName, address], Data = [NftDataType.Mark] });
            transaction.AddSet(Family, Table, new NftSetSpec
            {
                Name = reach, Key = [NftDataType.Mark, address, NftDataType.InetProtocol, NftDataType.InetService], Interval = true,
            });
            transaction.AddSet(Family, Table, new NftSetSpec { Name = named, Key = [NftDataType.Mark, NftDataType.IfName, address, address], Timeout = true });
        }

        transaction.AddSet(Family, Table, new NftSetSpec
        {
            Name = Doors, Key = [NftDataType.Mark, NftDataType.InetProtocol, NftDataType.InetService], Data = [NftDataType.Mark], Interval = true,
        });
    }

    private static void AddEgressChains(NftTransaction transaction)
    {
        const byte IcmpV6 = 58, Solicitation = 135, Advertisement = 136;
        foreach ((_, NftLoad source, NftLoad addressed, string restricted, string reach, string named, string egress, string toHost) in Families)
        {
            foreach (string chain in (string[])[egress, toHost])
            {
                transaction.AddChain(Family, Table, chain);
                if (chain == ToHost6)
                {
                    Rule(transaction, chain, "the host is a neighbour", new NftRule().L4Proto(IcmpV6)
                        .MatchRange(NftLoad.Payload(NftPayloadBase.Transport, offset: 0, length: 1), Solicitation, Advertisement).Return());
                }

                Rule(transaction, chain, "answers, and flows that were allowed", new NftRule().CtState(NftCtState.Established | NftCtState.Related).Return());
                Rule(transaction, chain, "addresses of the policy", PolicyOf().Load(1, addressed, NftLoad.L4Proto, AddressedPort)
                    .Add(new NftLookupExpression(reach, Register: 0)).Return());
            }

            // Whoever answers for a name must not be able to open the host, nor what is behind its published ports.
            Rule(transaction, egress, "addresses of the policy's names", new NftRule().OifNameNotInSet(Networks)
                .Map(restricted, NftLoad.IifName, source).Load(1, NftLoad.L4Proto, AddressedPort)
                .Add(new NftLookupExpression(Doors, Register: 0, Destination: 0)).Load(1, NftLoad.IifName, source, addressed)
                .Add(new NftLookupExpression(named, Register: 0)).Return());
            foreach (string chain in (string[])[egress, toHost])
            {
                const byte AdministrativelyProhibited = 3;   // NFT_REJECT_ICMPX_ADMIN_PROHIBITED
                Rule(transaction, chain, "nothing else", new NftRule().Reject(NftRejectKind.Icmpx, AdministrativelyProhibited));
            }

            NftRule PolicyOf() => new NftRule().Map(restricted, NftLoad.IifName, source);
        }
    }

    private static void AddEgressRules(NftTransaction transaction, string chain)
    {
        foreach ((NftFamily family, NftLoad source, _, string restricted, _, _, string egress, string toHost) in Families)
        {
            Rule(transaction, chain, "what an endpoint with a policy may reach",
                new NftRule().NfProto(family).Map(restricted, NftLoad.IifName, source).Jump(chain == Input ? toHost : egress));
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

using System.Net.Sockets;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The table <c>bridge libnetwork</c>: what may pass between the ports of one bridge.</summary>
/// <remarks>
/// Endpoints that may not talk to each other are apart on this layer already, whatever the kind of frame, save for links. And on a
/// segment that is the network's alone, what no endpoint needs to hear is dropped where it enters: the bridge would copy it to each.
/// An endpoint with an identity says nothing in the name of others.
/// </remarks>
internal static partial class BridgedTable
{
    private const NftFamily Family = NftFamily.Bridge;
    private const string Table = "libnetwork";
    private const string Shape = "libnetwork rules 2";   // another number for other rules or sets

    private const string Prerouting = "prerouting";
    private const string Chatter = "chatter";
    private const string Forward = "forward";
    private const string Between = "between";
    private const int BridgeDestinationPriority = -300;   // NF_BR_PRI_NAT_DST_BRIDGED, before everything else
    private const int BridgeFilterPriority = -200;   // NF_BR_PRI_FILTER_BRIDGED

    private const ushort EtherTypeIPv4 = 0x0800, EtherTypeArp = 0x0806, EtherTypeIPv6 = 0x86DD;
    private const byte Icmp = 1, Igmp = 2, Udp = 17, IcmpV6 = 58;
    private const byte RouterSolicitation = 133, RouterAdvertisement = 134;   // ICMPv6 types

    private const string Ports = "ports";
    private const string Closed = "closed";
    private const string Links = "links";
    private const string Linked = "linked";

    private static readonly NftLoad MessageType = NftLoad.Payload(NftPayloadBase.Transport, offset: 0, length: 1);   // of ICMP, ICMPv6 and IGMP
    private static readonly NftLoad ArpSender = NftLoad.Payload(NftPayloadBase.Network, offset: 14, length: 4);
    private static readonly NftLoad ArpTarget = NftLoad.Payload(NftPayloadBase.Network, offset: 24, length: 4);

    public static void Create(NftTransaction transaction)
    {
        transaction.DestroyTable(Family, Table);
        transaction.AddTable(Family, Table, Shape);
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Ports, Key = [NftDataType.IfName] });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Closed, Key = [NftDataType.IfName] });
        transaction.AddSet(Family, Table, new NftSetSpec
        {
            Name = Links,
            Key = [NftDataType.IPv4Address, NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
        });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Linked, Key = [NftDataType.IPv4Address, NftDataType.IPv4Address] });
        CreateIdentitySets(transaction);
        transaction.AddBaseChain(Family, Table, Prerouting, NftHook.Prerouting, NftChainType.Filter, BridgeDestinationPriority);
        AddIdentityRules(transaction);
        AddChatterRules(transaction);
        transaction.AddChain(Family, Table, Between);
        transaction.AddBaseChain(Family, Table, Forward, NftHook.Forward, NftChainType.Filter, BridgeFilterPriority);
        transaction.AddRule(
            Family, Table, Forward, new NftRule().IifNameInSet(Closed).OifNameInSet(Closed).Jump(Between).WithComment("between endpoints that may not talk"));
        AddLinkRules(transaction);
        transaction.AddRule(Family, Table, Between, new NftRule().Drop());
    }

    /// <summary>Makes the table hold these endpoints and links; if they are all, nothing else, whatever an earlier process left.</summary>
    public static void Replace(
        NftTransaction transaction, NftRuleset present, bool isComplete, IEnumerable<(FirewallEndpoint Endpoint, bool MayTalk)> endpoints,
        IEnumerable<FirewallLink> links)
        => TableContents.Replace(
            transaction, present.Find(Family, Table), isComplete, Family, Table, Shape, Create, ElementsOf(endpoints, links));

    /// <summary>Compares the table with what it should be.</summary>
    public static TableComparison Compare(
        NftSocket socket, NftRuleset present, bool isComplete, IEnumerable<(FirewallEndpoint Endpoint, bool MayTalk)> endpoints,
        IEnumerable<FirewallLink> links)
        => TableComparison.Of(
            present.Find(Family, Table), TableContents.Preview(socket, Family, Table, Create), isComplete, ElementsOf(endpoints, links));

    public static void Delete(NftTransaction transaction) => transaction.DestroyTable(Family, Table);

    public static void AddEndpoint(NftTransaction transaction, FirewallEndpoint endpoint, bool mayTalk)
    {
        foreach ((string set, NftElement element) in ElementsOf(endpoint, mayTalk))
        {
            transaction.AddElement(Family, Table, set, element);
        }
    }

    public static void RemoveEndpoint(NftTransaction transaction, FirewallEndpoint endpoint, bool mayTalk)
    {
        foreach ((string set, NftElement element) in ElementsOf(endpoint, mayTalk))
        {
            transaction.DestroyElement(Family, Table, set, element);
        }
    }

    /// <summary>Whether the table has anything to say about an endpoint.</summary>
    public static bool Knows(FirewallEndpoint endpoint, bool mayTalk) => ElementsOf(endpoint, mayTalk).Any();

    public static void AddLink(NftTransaction transaction, FirewallLink link)
    {
        if (link.Client.AddressFamily != AddressFamily.InterNetwork || link.Server.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, $"link {link.Client} to {link.Server}", "only IPv4 endpoints can be linked");
        }

        foreach ((string set, NftElement element) in ElementsOf(link))
        {
            transaction.AddElement(Family, Table, set, element);
        }
    }

    /// <summary>Takes a link back.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="link">The link.</param>
    /// <param name="isLast">Whether no other link is between the two addresses.</param>
    public static void RemoveLink(NftTransaction transaction, FirewallLink link, bool isLast)
    {
        transaction.DeleteElement(Family, Table, Links, LinkElement(link));
        if (isLast)
        {
            transaction.DeleteElement(Family, Table, Linked, NftElement.Of(link.Client, link.Server));
            transaction.DeleteElement(Family, Table, Linked, NftElement.Of(link.Server, link.Client));
        }
    }

    private static IEnumerable<(string Set, NftElement Element)> ElementsOf(
        IEnumerable<(FirewallEndpoint Endpoint, bool MayTalk)> endpoints, IEnumerable<FirewallLink> links)
        => endpoints.SelectMany(static pair => ElementsOf(pair.Endpoint, pair.MayTalk)).Concat(links.SelectMany(ElementsOf));

    private static IEnumerable<(string Set, NftElement Element)> ElementsOf(FirewallEndpoint endpoint, bool mayTalk)
    {
        if (endpoint.OwnsSegment)
        {
            yield return (Ports, NftElement.Of(endpoint.Port.Value));
        }

        if (!mayTalk)
        {
            yield return (Closed, NftElement.Of(endpoint.Port.Value));
        }

        if (endpoint.Identity is { } identity)
        {
            foreach ((string Set, NftElement Element) own in IdentityElementsOf(endpoint.Port.Value, identity))
            {
                yield return own;
            }
        }
    }

    /// <summary>
    /// Each new endpoint says four times which neighbour solicitations it listens for, and asks for routers again and again. On a network
    /// of a thousand endpoints each such frame costs a thousand receptions, and nobody acts on it: the bridge does not snoop.
    /// </summary>
    private static void AddChatterRules(NftTransaction transaction)
    {
        const byte ListenerReportV2 = 143;
        NftLoad type = MessageType;
        transaction.AddChain(Family, Table, Chatter);
        Rule(transaction, Prerouting, "what neighbouring bridges say to each other", ToNeighbouringBridges().IifNameInSet(Ports).Drop());
        transaction.AddRule(Family, Table, Prerouting, new NftRule().EtherType(EtherTypeIPv6).IifNameInSet(Ports).L4Proto(IcmpV6).Jump(Chatter));
        transaction.AddRule(Family, Table, Chatter, new NftRule().Match(type, RouterSolicitation).Drop().WithComment("no router is there to be asked"));
        transaction.AddRule(Family, Table, Chatter, new NftRule().Match(type, RouterAdvertisement).Drop().WithComment("no endpoint is a router"));

        // A report of one or two records that are all about solicited-node groups (ff02::1:ff00:0/104, RFC 3810 and RFC 4291).
        const int RecordCountOffset = 6, FirstGroupOffset = 12, RecordLength = 20;
        NftLoad records = NftLoad.Payload(NftPayloadBase.Transport, RecordCountOffset, length: 2);
        NftValue solicitedNode = NftValue.Raw([0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff]);
        for (ushort count = 1; count <= 2; count++)
        {
            NftRule rule = new NftRule().Match(type, ListenerReportV2).Match(records, count);
            for (int record = 0; record < count; record++)
            {
                rule.Match(NftLoad.Payload(NftPayloadBase.Transport, FirstGroupOffset + (record * RecordLength), solicitedNode.Length), solicitedNode);
            }

            transaction.AddRule(Family, Table, Chatter, rule.Drop().WithComment("nobody counts who listens for neighbour solicitations"));
        }
    }

    /// <summary>LLDP, 802.1X, pause and the like: the groups 01:80:c2:00:00:00 to :0f (IEEE 802.1Q).</summary>
    private static NftRule ToNeighbouringBridges() => new NftRule().MatchMasked(
        NftLoad.EtherDestination, NftValue.Raw([0xff, 0xff, 0xff, 0xff, 0xff, 0xf0]), NftComparison.Equal, NftValue.Raw([0x01, 0x80, 0xc2, 0, 0, 0]));

    private static IEnumerable<(string Set, NftElement Element)> ElementsOf(FirewallLink link) =>
    [
        (Links, LinkElement(link)),
        (Linked, NftElement.Of(link.Client, link.Server)),
        (Linked, NftElement.Of(link.Server, link.Client)),
    ];

    internal static NftElement LinkElement(FirewallLink link)
        => NftElement.Of(link.Client, link.Server, (byte)link.Port.Protocol, link.Port.Number);

    private static void AddLinkRules(NftTransaction transaction)
    {
        transaction.AddRule(Family, Table, Between, new NftRule().EtherType(EtherTypeIPv4)
            .InSet(Links, NftLoad.IPv4Source, NftLoad.IPv4Destination, NftLoad.IPv4Protocol, NftLoad.DestinationPort)
            .Accept().WithComment("a link's questions"));
        transaction.AddRule(Family, Table, Between, new NftRule().EtherType(EtherTypeIPv4)
            .InSet(Links, NftLoad.IPv4Destination, NftLoad.IPv4Source, NftLoad.IPv4Protocol, NftLoad.SourcePort)
            .Accept().WithComment("a link's answers"));
        transaction.AddRule(Family, Table, Between, new NftRule().EtherType(EtherTypeArp)
            .InSet(Linked, ArpSender, ArpTarget).Accept().WithComment("linked endpoints find each other"));
    }
}

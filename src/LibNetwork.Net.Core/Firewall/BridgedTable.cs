using System.Net.Sockets;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <summary>The table <c>bridge libnetwork</c>: what may pass between ports of a bridge whose endpoints may not talk to each other.</summary>
/// <remarks>It is there only while such a network is. It drops every kind of frame between two such ports, save for links.</remarks>
internal static class BridgedTable
{
    private const NftFamily Family = NftFamily.Bridge;
    private const string Table = "libnetwork";
    private const string Forward = "forward";
    private const string Between = "between";
    private const int BridgeFilterPriority = -200;   // NF_BR_PRI_FILTER_BRIDGED

    private const string Closed = "closed";
    private const string Links = "links";
    private const string Linked = "linked";

    public static void Create(NftTransaction transaction)
    {
        transaction.DestroyTable(Family, Table);
        transaction.AddTable(Family, Table);
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Closed, Key = [NftDataType.IfName] });
        transaction.AddSet(Family, Table, new NftSetSpec
        {
            Name = Links,
            Key = [NftDataType.IPv4Address, NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
        });
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Linked, Key = [NftDataType.IPv4Address, NftDataType.IPv4Address] });
        transaction.AddChain(Family, Table, Between);
        transaction.AddBaseChain(Family, Table, Forward, NftHook.Forward, NftChainType.Filter, BridgeFilterPriority);
        transaction.AddRule(
            Family, Table, Forward, new NftRule().IifNameInSet(Closed).OifNameInSet(Closed).Jump(Between).WithComment("between endpoints that may not talk"));
        AddLinkRules(transaction);
        transaction.AddRule(Family, Table, Between, new NftRule().Drop());
    }

    public static void Delete(NftTransaction transaction) => transaction.DestroyTable(Family, Table);

    public static void AddPort(NftTransaction transaction, InterfaceName port)
        => transaction.AddElement(Family, Table, Closed, NftElement.Of(port.Value));

    public static void RemovePort(NftTransaction transaction, InterfaceName port)
        => transaction.DestroyElement(Family, Table, Closed, NftElement.Of(port.Value));

    public static void AddLink(NftTransaction transaction, FirewallLink link)
    {
        if (link.Client.AddressFamily != AddressFamily.InterNetwork || link.Server.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, $"link {link.Client} to {link.Server}", "only IPv4 endpoints can be linked");
        }

        transaction.AddElement(Family, Table, Links, LinkElement(link));
        transaction.AddElement(Family, Table, Linked, NftElement.Of(link.Client, link.Server));
        transaction.AddElement(Family, Table, Linked, NftElement.Of(link.Server, link.Client));
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

    private static NftElement LinkElement(FirewallLink link)
        => NftElement.Of(link.Client, link.Server, (byte)link.Port.Protocol, link.Port.Number);

    private static void AddLinkRules(NftTransaction transaction)
    {
        const ushort EtherTypeIPv4 = 0x0800, EtherTypeArp = 0x0806;
        NftLoad arpSender = NftLoad.Payload(NftPayloadBase.Network, offset: 14, length: 4);
        NftLoad arpTarget = NftLoad.Payload(NftPayloadBase.Network, offset: 24, length: 4);
        transaction.AddRule(Family, Table, Between, new NftRule().EtherType(EtherTypeIPv4)
            .InSet(Links, NftLoad.IPv4Source, NftLoad.IPv4Destination, NftLoad.IPv4Protocol, NftLoad.DestinationPort)
            .Accept().WithComment("a link's questions"));
        transaction.AddRule(Family, Table, Between, new NftRule().EtherType(EtherTypeIPv4)
            .InSet(Links, NftLoad.IPv4Destination, NftLoad.IPv4Source, NftLoad.IPv4Protocol, NftLoad.SourcePort)
            .Accept().WithComment("a link's answers"));
        transaction.AddRule(Family, Table, Between, new NftRule().EtherType(EtherTypeArp)
            .InSet(Linked, arpSender, arpTarget).Accept().WithComment("linked endpoints find each other"));
    }
}

using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <content>Endpoints that may not talk to each other, save for links.</content>
/// <remarks>
/// Mostly they are kept apart on the bridge (<see cref="BridgedTable"/>). What passes there comes by here as well where bridged packets pass the
/// rules of the IP stack, and so does what an endpoint sends to a neighbour by way of the host.
/// </remarks>
internal static partial class RoutedTable
{
    private const string Links = "links";
    private const string Between = "between";

    public static void AddLink(NftTransaction transaction, FirewallLink link) => transaction.AddElement(Family, Table, Links, BridgedTable.LinkElement(link));

    public static void RemoveLink(NftTransaction transaction, FirewallLink link) => transaction.DeleteElement(Family, Table, Links, BridgedTable.LinkElement(link));

    private static (string Set, NftElement Element) ElementOf(FirewallLink link) => (Links, BridgedTable.LinkElement(link));

    private static void AddLinkRules(NftTransaction transaction)
    {
        transaction.AddSet(Family, Table, new NftSetSpec
        {
            Name = Links,
            Key = [NftDataType.IPv4Address, NftDataType.IPv4Address, NftDataType.InetProtocol, NftDataType.InetService],
        });
        transaction.AddChain(Family, Table, Between);
        Rule(transaction, Between, "a link's questions", new NftRule().NfProto(NftFamily.IPv4)
            .InSet(Links, NftLoad.IPv4Source, NftLoad.IPv4Destination, NftLoad.L4Proto, NftLoad.DestinationPort).Accept());
        Rule(transaction, Between, "a link's answers", new NftRule().NfProto(NftFamily.IPv4)
            .InSet(Links, NftLoad.IPv4Destination, NftLoad.IPv4Source, NftLoad.L4Proto, NftLoad.SourcePort).Accept());
        Rule(transaction, Between, "endpoints that may not talk to each other", new NftRule().Drop());
    }
}

using System.Net;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Flows;

/// <summary>What rules and the way of a packet ask the routing tables and interfaces of one network stack.</summary>
internal interface IRouting
{
    /// <summary>Where a packet would go.</summary>
    RouteAnswer Resolve(RouteQuestion question);

    /// <summary>What an address is to the stack, or to one interface of it.</summary>
    NftAddressType TypeOf(IPAddress address, LinkInfo? link);

    /// <summary>The interface by which an address is reached, if need be only looking at one; <see langword="null"/> for none.</summary>
    LinkInfo? WayTo(IPAddress address, LinkInfo? only);

    /// <summary>The address that a packet has which is made to look as if it came from an interface.</summary>
    IPAddress? AddressOf(LinkInfo link, IPAddress towards);

    /// <summary>Whether packets that come in by an interface are passed on.</summary>
    bool Forwards(LinkInfo input, IPAddress destination);

    /// <summary>Finds an interface.</summary>
    LinkInfo? FindLink(int index);

    /// <summary>Finds an interface.</summary>
    LinkInfo? FindLink(string name);
}

using System.Net;
using LibNetwork.Flows;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Core.Tests.Flows;

/// <summary>A stack whose one address is 192.0.2.1, with one way to everywhere.</summary>
internal sealed class FakeRouting : IRouting
{
    public static readonly IPAddress Own = IPAddress.Parse("192.0.2.1");
    public static readonly LinkInfo Wire = new() { Index = 2, Name = "wire0", Kind = "veth", Up = true, Carrier = true };
    public static readonly LinkInfo Bridge = new() { Index = 3, Name = "br-web", Kind = "bridge", Up = true, Carrier = true };

    public RouteAnswer Resolve(RouteQuestion question) => new(null, "nobody asks");

    public NftAddressType TypeOf(IPAddress address, LinkInfo? link)
        => address.Equals(Own) && (link is null || link.Index == Wire.Index) ? NftAddressType.Local : NftAddressType.Unicast;

    public LinkInfo? WayTo(IPAddress address, LinkInfo? only) => only is null or { Index: 2 } ? Wire : null;

    public IPAddress? AddressOf(LinkInfo link, IPAddress towards) => link.Index == Wire.Index ? Own : null;

    public bool Forwards(LinkInfo input, IPAddress destination) => true;

    public LinkInfo? FindLink(int index) => index == Wire.Index ? Wire : null;

    public LinkInfo? FindLink(string name) => name == Wire.Name ? Wire : null;
}

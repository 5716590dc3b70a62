using System.Net;
using System.Security.Cryptography;
using System.Text;
using LibNetwork.Firewall;

namespace LibNetwork.Drivers.Bridge;

/// <summary>A network as it was planned, and what the kernel made of it.</summary>
internal sealed class BridgeNetwork
{
    private const int LinkLocalPrefixLength = 64;

    public required NetworkId Id { get; init; }

    public required string Name { get; init; }

    public required BridgeNetworkOptions Options { get; init; }

    public required InterfaceName BridgeName { get; init; }

    public required uint? Mtu { get; init; }

    public required BridgeFamily? IPv4 { get; init; }

    public required BridgeFamily? IPv6 { get; init; }

    /// <summary>Whether the firewall puts rules in place; otherwise the user does, or nobody.</summary>
    public bool IsFirewallInForce { get; set; } = true;

    /// <summary>The bridge's interface index, once it is there.</summary>
    public int BridgeIndex { get; set; }

    /// <summary>Whether the bridge goes when the network goes: this library made it, and it is not the host's default bridge.</summary>
    public bool OwnsBridge { get; set; }

    /// <summary>Whether nothing but this network's endpoints is on the bridge: this library made it.</summary>
    public bool OwnsSegment { get; set; }

    /// <summary>Addresses that a bridge which was there before was given for this network.</summary>
    public IReadOnlyList<InterfaceAddress> LentAddresses { get; set; } = [];

    /// <summary>Whether a bridge which was there before has <see cref="RoutesLoopback"/> for this network only.</summary>
    public bool LentLoopbackRouting { get; set; }

    /// <summary>
    /// Whether the host reaches published ports by its loopback address: its packets leave by the bridge then, and answers come back by it.
    /// The firewall keeps endpoints from using that way, since before the bridge was there; where nothing does, there is no such way.
    /// </summary>
    public bool RoutesLoopback => IsFirewallInForce && !Internal && IPv4?.Mode is (GatewayMode.Nat or GatewayMode.NatUnprotected);

    public string LoopbackRouting => $"net/ipv4/conf/{BridgeName}/route_localnet";

    public string Subject => $"network \"{Name}\"";

    /// <summary>The mark on the bridge by which a later process knows whose it is.</summary>
    public string Alias => NetworkMark.Of(this);

    public bool Internal => Options.Internal;

    /// <summary>The bridge's addresses, IPv4 first.</summary>
    public IEnumerable<InterfaceAddress> BridgeAddresses
    {
        get
        {
            if (IPv4?.BridgeAddress is { } ipv4)
            {
                yield return ipv4;
            }

            if (IPv6?.BridgeAddress is { } ipv6)
            {
                yield return ipv6;
            }
        }
    }

    /// <summary>
    /// The link-local address of a bridge that is this network's alone, made from the network's id. The host asks by it for the neighbours that it
    /// forwards packets to; of one that it chose itself the kernel would see for two seconds from the first cable on whether it is another's.
    /// </summary>
    public InterfaceAddress? LinkLocal
    {
        get
        {
            if (!OwnsSegment || IPv6?.BridgeAddress is null)
            {
                return null;
            }

            byte[] address = new byte[16];
            SHA256.HashData(Encoding.UTF8.GetBytes(Id.Value)).AsSpan(0, 8).CopyTo(address.AsSpan(8));
            (address[0], address[1]) = (0xfe, 0x80);
            return new InterfaceAddress(new IPAddress(address), LinkLocalPrefixLength);
        }
    }

    /// <summary>All addresses of a bridge that is this network's alone.</summary>
    public IEnumerable<InterfaceAddress> OwnAddresses => LinkLocal is { } linkLocal ? BridgeAddresses.Append(linkLocal) : BridgeAddresses;

    /// <summary>Whether the addresses of such a bridge are known to be reached.</summary>
    public bool IsDelivered { get; set; }

    public FirewallNetwork ToFirewall() => new()
    {
        Id = Id,
        Interface = BridgeName,
        Internal = Internal,
        InterContainer = Options.InterContainer,
        TrustedInterfaces = Options.TrustedHostInterfaces,
        IPv4 = ToFirewall(IPv4, Options.HostIPv4),
        IPv6 = ToFirewall(IPv6, Options.HostIPv6),
    };

    private FirewallFamily? ToFirewall(BridgeFamily? family, IPAddress? hostAddress) => family is null
        ? null
        : new FirewallFamily
        {
            Subnet = family.Subnet,
            Masquerade = Options.Masquerade && !Internal && family.Mode is (GatewayMode.Nat or GatewayMode.NatUnprotected),
            SourceAddress = hostAddress,
            Protected = family.Mode != GatewayMode.NatUnprotected,
            Routed = family.Mode == GatewayMode.Routed,
        };
}

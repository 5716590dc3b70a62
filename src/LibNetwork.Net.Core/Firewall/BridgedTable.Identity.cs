using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <content>Who an endpoint is: what comes from its port in the name of others is dropped before the bridge learns anything from it.</content>
/// <remarks>
/// Two sets say which IP address goes with which hardware address on which port. The unspecified addresses are in them as well, for an
/// interface that asks whether its own address is free; nothing else passes with them.
/// </remarks>
internal static partial class BridgedTable
{
    private const string Input = "input";
    private const string Identity = "identity";
    private const string IdentityArp = "identity-arp";
    private const string IdentityIPv4 = "identity-ipv4";
    private const string IdentityIPv6 = "identity-ipv6";
    private const string Nameless = "nameless";
    private const string Neighbours = "neighbours";

    private const string Guarded = "guarded";
    private const string Sources4 = "sources4";
    private const string Sources6 = "sources6";

    private static readonly IPNetwork Unspecified4 = new(IPAddress.Any, 32);
    private static readonly IPNetwork Unspecified6 = new(IPAddress.IPv6Any, 128);

    private static void CreateIdentitySets(NftTransaction transaction)
    {
        transaction.AddSet(Family, Table, new NftSetSpec { Name = Guarded, Key = [NftDataType.IfName] });
        foreach ((string set, NftDataType address) in new[] { (Sources4, NftDataType.IPv4Address), (Sources6, NftDataType.IPv6Address) })
        {
            transaction.AddSet(Family, Table, new NftSetSpec { Name = set, Key = [NftDataType.IfName, NftDataType.EtherAddress, address] });
        }
    }

    private static IEnumerable<(string Set, NftElement Element)> IdentityElementsOf(string port, FirewallIdentity identity)
    {
        NftValue hardware = identity.MacAddress.ToPhysicalAddress();
        yield return (Guarded, NftElement.Of(port));
        foreach ((AddressFamily family, string set, IPAddress unspecified) in new[]
        {
            (AddressFamily.InterNetwork, Sources4, IPAddress.Any),
            (AddressFamily.InterNetworkV6, Sources6, IPAddress.IPv6Any),
        })
        {
            bool hasFamily = false;
            foreach (IPAddress address in identity.Addresses)
            {
                if (address.AddressFamily == family)
                {
                    hasFamily = true;
                    yield return (set, NftElement.Of(port, hardware, address));
                }
            }

            if (hasFamily)
            {
                yield return (set, NftElement.Of(port, hardware, unspecified));
            }
        }
    }

    private static void AddIdentityRules(NftTransaction transaction)
    {
        foreach (string chain in (string[])[Neighbours, Nameless, IdentityArp, IdentityIPv4, IdentityIPv6, Identity])
        {
            transaction.AddChain(Family, Table, chain);
        }

        Rule(transaction, Prerouting, "who an endpoint may say it is", new NftRule().IifNameInSet(Guarded).Jump(Identity));
        Rule(transaction, Identity, "IPv4", new NftRule().EtherType(EtherTypeIPv4).Goto(IdentityIPv4));
        Rule(transaction, Identity, "IPv6", new NftRule().EtherType(EtherTypeIPv6).Goto(IdentityIPv6));
        Rule(transaction, Identity, "ARP", new NftRule().EtherType(EtherTypeArp).Goto(IdentityArp));
        Rule(transaction, Identity, "no VLANs, no frames of bridges, nothing that has no identity", new NftRule().Drop());
        AddArpRules(transaction);
        AddIPv4Rules(transaction);
        AddIPv6Rules(transaction);
        AddNeighbourRules(transaction);

        // Some of what bridges say to each other does not come by the rules above, and the bridge would learn from it.
        transaction.AddBaseChain(Family, Table, Input, NftHook.Input, NftChainType.Filter, BridgeFilterPriority);
        Rule(transaction, Input, "what neighbouring bridges say to each other", ToNeighbouringBridges().IifNameInSet(Guarded).Drop());
    }

    private static void AddArpRules(NftTransaction transaction)
    {
        NftLoad format = NftLoad.Payload(NftPayloadBase.Network, offset: 0, length: 6);
        NftLoad senderHardware = NftLoad.Payload(NftPayloadBase.Network, offset: 8, length: 6);
        NftValue ethernetAndIPv4 = NftValue.Raw([0, 1, 0x08, 0, 6, 4]);
        Rule(transaction, IdentityArp, "only Ethernet and IPv4", new NftRule().Match(format, NftComparison.NotEqual, ethernetAndIPv4).Drop());
        Rule(transaction, IdentityArp, "sent by another", new NftRule().NotInSet(Sources4, NftLoad.IifName, NftLoad.EtherSource, ArpSender).Drop());
        Rule(transaction, IdentityArp, "about another", new NftRule().NotInSet(Sources4, NftLoad.IifName, senderHardware, ArpSender).Drop());
        Rule(transaction, IdentityArp, "whether another's address is free",
            new NftRule().Match(ArpSender, IPAddress.Any).NotInSet(Sources4, NftLoad.IifName, NftLoad.EtherSource, ArpTarget).Drop());
    }

    private static void AddIPv4Rules(NftTransaction transaction)
    {
        const byte Redirect = 5, MembershipQuery = 0x11;
        const ushort DhcpClient = 68;
        Rule(transaction, IdentityIPv4, "from another", new NftRule().NotInSet(Sources4, NftLoad.IifName, NftLoad.EtherSource, NftLoad.IPv4Source).Drop());
        Rule(transaction, IdentityIPv4, "from nobody", new NftRule().Source(Unspecified4).Drop());
        Rule(transaction, IdentityIPv4, "no endpoint is a DHCP server", new NftRule().L4Proto(Udp).DestinationPort(DhcpClient).Drop());
        Rule(transaction, IdentityIPv4, "no endpoint says where to send", new NftRule().L4Proto(Icmp).Match(MessageType, Redirect).Drop());
        Rule(transaction, IdentityIPv4, "no endpoint asks who listens", new NftRule().L4Proto(Igmp).Match(MessageType, MembershipQuery).Drop());
    }

    private static void AddIPv6Rules(NftTransaction transaction)
    {
        const ushort DhcpV6Client = 546;
        Rule(transaction, IdentityIPv6, "from another", new NftRule().NotInSet(Sources6, NftLoad.IifName, NftLoad.EtherSource, NftLoad.IPv6Source).Drop());
        Rule(transaction, IdentityIPv6, "from nobody", new NftRule().Source(Unspecified6).L4Proto(IcmpV6).Goto(Nameless));
        Rule(transaction, IdentityIPv6, "from nobody", new NftRule().Source(Unspecified6).Drop());
        Rule(transaction, IdentityIPv6, "no endpoint is a DHCP server", new NftRule().L4Proto(Udp).DestinationPort(DhcpV6Client).Drop());
        Rule(transaction, IdentityIPv6, "claims and questions", new NftRule().L4Proto(IcmpV6).Goto(Neighbours));
    }

    /// <summary>Neighbour discovery (RFC 4861) carries addresses of its own, which receivers believe whatever the packet's source is.</summary>
    private static void AddNeighbourRules(NftTransaction transaction)
    {
        const byte ListenerQuery = 130, ListenerReport = 131, ListenerDone = 132, Solicitation = 135, Advertisement = 136, Redirect = 137, ListenerReportV2 = 143;
        const int RouterHeader = 8, NeighbourHeader = 24, TargetOffset = 8;   // bytes before the options; where the target is
        NftLoad target = NftLoad.Payload(NftPayloadBase.Transport, TargetOffset, length: 16);
        Rule(transaction, Nameless, "whether its own address is free",
            new NftRule().Match(MessageType, Solicitation).InSet(Sources6, NftLoad.IifName, NftLoad.EtherSource, target).Return());
        foreach (byte report in (byte[])[ListenerReport, ListenerDone, ListenerReportV2])
        {
            Rule(transaction, Nameless, "what it listens for", new NftRule().Match(MessageType, report).Return());
        }

        Rule(transaction, Nameless, "nothing else", new NftRule().Drop());

        Rule(transaction, Neighbours, "no neighbour discovery", new NftRule().MatchRange(MessageType, ListenerQuery, Redirect, outside: true).Return());
        Rule(transaction, Neighbours, "what it listens for", new NftRule().MatchRange(MessageType, ListenerReport, ListenerDone).Return());
        Rule(transaction, Neighbours, "no endpoint asks who listens", new NftRule().Match(MessageType, ListenerQuery).Drop());
        Rule(transaction, Neighbours, "no endpoint is a router", new NftRule().Match(MessageType, RouterAdvertisement).Drop());
        Rule(transaction, Neighbours, "no endpoint says where to send", new NftRule().Match(MessageType, Redirect).Drop());
        Rule(transaction, Neighbours, "no header before it, which would hide it", new NftRule().Match(NftLoad.IPv6NextHeader, NftComparison.NotEqual, IcmpV6).Drop());
        Rule(transaction, Neighbours, "a claim to another's address",
            new NftRule().Match(MessageType, Advertisement).NotInSet(Sources6, NftLoad.IifName, NftLoad.EtherSource, target).Drop());
        foreach ((byte type, int header) in new[] { (RouterSolicitation, RouterHeader), (Solicitation, NeighbourHeader), (Advertisement, NeighbourHeader) })
        {
            AddOptionRules(transaction, type, header, isAboutTarget: type == Advertisement);
        }

        Rule(transaction, Neighbours, "options that cannot be checked", new NftRule().Drop());
    }

    /// <summary>Nothing, or one option with the hardware address that the sender has: it is what the kernel sends.</summary>
    private static void AddOptionRules(NftTransaction transaction, byte type, int header, bool isAboutTarget)
    {
        const int OptionLength = 8, OptionHeader = 2, HardwareAddress = 6;
        const byte SourceAddress = 1, TargetAddress = 2, Units = 1;   // option types; a length of eight bytes
        NftLoad length = NftLoad.Payload(NftPayloadBase.Network, offset: 4, length: 2);
        NftLoad kind = NftLoad.Payload(NftPayloadBase.Transport, header, OptionHeader);
        NftLoad hardware = NftLoad.Payload(NftPayloadBase.Transport, header + OptionHeader, HardwareAddress);
        Rule(transaction, Neighbours, "without options", new NftRule().Match(MessageType, type).Match(length, (ushort)header).Return());
        Rule(transaction, Neighbours, "with its own hardware address", new NftRule()
            .Match(MessageType, type).Match(length, (ushort)(header + OptionLength))
            .Match(kind, NftValue.Raw([isAboutTarget ? TargetAddress : SourceAddress, Units]))
            .InSet(Sources6, NftLoad.IifName, hardware, NftLoad.IPv6Source).Return());
    }

    private static void Rule(NftTransaction transaction, string chain, string comment, NftRule rule)
        => transaction.AddRule(Family, Table, chain, rule.WithComment(comment));
}

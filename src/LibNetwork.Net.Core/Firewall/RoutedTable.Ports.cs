using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Firewall;

/// <content>Published ports: what arrives at the host's addresses goes on to an endpoint, and what is opened on endpoints' own addresses.</content>
/// <remarks>
/// Maps say where a port leads: <c>port</c> by address, protocol and port, <c>any</c> by protocol and port for all of the host's addresses,
/// <c>range</c> by intervals, where the port stays the same. The first two are hash tables, so that a change costs the same however many
/// there are; the kernel copies a set of intervals for each change.
/// </remarks>
internal static partial class RoutedTable
{
    private const string Raw = "raw";
    private const string Prerouting = "prerouting";
    private const string Output = "output";
    private const string Published = "published";

    private const string Port4 = "port4";
    private const string Port6 = "port6";
    private const string Any4 = "any4";
    private const string Any6 = "any6";
    private const string Range4 = "range4";
    private const string Range6 = "range6";
    private const string Open4 = "open4";
    private const string Open6 = "open6";
    private const string OpenRange4 = "openrange4";
    private const string OpenRange6 = "openrange6";
    private const string Routed4 = "routed4";
    private const string Routed6 = "routed6";
    private const string Trusted = "trusted";
    private const string Back = "back";

    private static readonly IPNetwork LoopbackIPv4 = IPNetwork.Parse("127.0.0.0/8");
    private static readonly IPNetwork LinkLocalIPv6 = IPNetwork.Parse("fe80::/10");
    private static readonly IPAddress LastIPv4 = IPAddress.Broadcast;
    private static readonly IPAddress LastIPv6 = IPAddress.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");

    /// <summary>Opens ports and closes others. What is closed goes first, so that a port can pass from one endpoint to another.</summary>
    public static void ChangePorts(NftTransaction transaction, PortElements changes)
    {
        foreach ((string set, NftElement element) in changes.Removed)
        {
            transaction.DestroyElement(Family, Table, set, element);   // somebody may have flushed it
        }

        foreach ((string set, NftElement element) in changes.Added)
        {
            transaction.AddElement(Family, Table, set, element);
        }
    }

    /// <summary>Where on the host a port leads from; none when it is only opened.</summary>
    public static IEnumerable<(string Set, NftElement Element)> HostElementsOf(FirewallPort port)
    {
        if (port.HostAddress is not { } host || port.HostPorts is not { } ports)
        {
            yield break;
        }

        byte protocol = (byte)port.Protocol;
        bool isIPv4 = host.AddressFamily == AddressFamily.InterNetwork;
        bool isAny = host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any);
        if (ports.Count > 1 && ports == port.ContainerPorts)
        {
            IPAddress last = !isAny ? host : isIPv4 ? LastIPv4 : LastIPv6;
            yield return (isIPv4 ? Range4 : Range6, NftElement.Of(host, protocol, ports.First).To(last, protocol, ports.Last).WithData(port.ContainerAddress));
            yield break;
        }

        for (int i = 0; i < ports.Count; i++)
        {
            ushort from = (ushort)(ports.First + i), to = (ushort)(port.ContainerPorts.First + i);
            NftElement element = isAny ? NftElement.Of(protocol, from) : NftElement.Of(host, protocol, from);
            yield return (isAny ? isIPv4 ? Any4 : Any6 : isIPv4 ? Port4 : Port6, element.WithData(port.ContainerAddress, to));
        }
    }

    /// <summary>What lets the packets in; the same for all of the host's ports that lead to it.</summary>
    public static (string Set, NftElement Element) OpenElementOf(FirewallPort port)
    {
        bool isIPv4 = port.ContainerAddress.AddressFamily == AddressFamily.InterNetwork;
        byte protocol = (byte)port.Protocol;
        PortRange ports = port.ContainerPorts;
        NftElement element = NftElement.Of(port.ContainerAddress, protocol, ports.First);
        return ports.Count > 1
            ? (isIPv4 ? OpenRange4 : OpenRange6, element.To(port.ContainerAddress, protocol, ports.Last))
            : (isIPv4 ? Open4 : Open6, element);
    }

    private static IEnumerable<(string Set, NftElement Element)> ReachElementsOf(FirewallNetwork network)
    {
        string name = network.Interface.Value;
        yield return (Back, NftElement.Of(name, name));
        foreach (InterfaceName trusted in network.TrustedInterfaces.Distinct())
        {
            yield return (Trusted, NftElement.Of(trusted.Value, name));
        }

        if (network.IPv4?.Routed == true)
        {
            yield return (Routed4, NftElement.Of(name));
        }

        if (network.IPv6?.Routed == true)
        {
            yield return (Routed6, NftElement.Of(name));
        }
    }

    private static void CreatePortSets(NftTransaction transaction)
    {
        foreach (string set in (string[])[Routed4, Routed6])
        {
            transaction.AddSet(Family, Table, new NftSetSpec { Name = set, Key = [NftDataType.IfName] });
        }

        foreach (string set in (string[])[Trusted, Back])
        {
            transaction.AddSet(Family, Table, new NftSetSpec { Name = set, Key = [NftDataType.IfName, NftDataType.IfName] });
        }

        foreach ((NftDataType address, string port, string any, string range, string open, string openRange) in new[]
        {
            (NftDataType.IPv4Address, Port4, Any4, Range4, Open4, OpenRange4),
            (NftDataType.IPv6Address, Port6, Any6, Range6, Open6, OpenRange6),
        })
        {
            NftDataType[] full = [address, NftDataType.InetProtocol, NftDataType.InetService];
            NftDataType[] target = [address, NftDataType.InetService];
            transaction.AddSet(Family, Table, new NftSetSpec { Name = port, Key = full, Data = target });
            transaction.AddSet(
                Family, Table, new NftSetSpec { Name = any, Key = [NftDataType.InetProtocol, NftDataType.InetService], Data = target });
            transaction.AddSet(Family, Table, new NftSetSpec { Name = range, Key = full, Data = [address], Interval = true });
            transaction.AddSet(Family, Table, new NftSetSpec { Name = open, Key = full });
            transaction.AddSet(Family, Table, new NftSetSpec { Name = openRange, Key = full, Interval = true });
        }
    }

    /// <summary>Packets to loopback that do not come from there: bridges route them, for answers to the host, and others may.</summary>
    private static void AddLoopbackRules(NftTransaction transaction)
    {
        transaction.AddBaseChain(Family, Table, Raw, NftHook.Prerouting, NftChainType.Filter, NftPriority.Raw);
        Rule(transaction, Raw, "no endpoint reaches the host's loopback",
            new NftRule().IifNameInSet(Networks).NfProto(NftFamily.IPv4).Destination(LoopbackIPv4).Drop());
        Rule(transaction, Raw, "no endpoint pretends to be loopback",
            new NftRule().IifNameInSet(Networks).NfProto(NftFamily.IPv4).Source(LoopbackIPv4).Drop());
        foreach ((string map, NftLoad[] key) in new (string, NftLoad[])[]
        {
            (Port4, [NftLoad.IPv4Destination, NftLoad.L4Proto, NftLoad.DestinationPort]),
            (Any4, [NftLoad.L4Proto, NftLoad.DestinationPort]),
            (Range4, [NftLoad.IPv4Destination, NftLoad.L4Proto, NftLoad.DestinationPort]),
        })
        {
            Rule(transaction, Raw, "ports published on loopback are reached only from there",
                new NftRule().NfProto(NftFamily.IPv4).Destination(LoopbackIPv4).IifNameNot("lo").Map(map, key).Drop());
        }
    }

    private static void AddPublishingRules(NftTransaction transaction)
    {
        transaction.AddChain(Family, Table, Published);
        transaction.AddBaseChain(Family, Table, Prerouting, NftHook.Prerouting, NftChainType.Nat, NftPriority.DestinationNat);
        transaction.AddBaseChain(Family, Table, Output, NftHook.Output, NftChainType.Nat, NftPriority.DestinationNat);
        foreach (string chain in (string[])[Prerouting, Output])
        {
            Rule(transaction, chain, "what is for the host itself", new NftRule().FibDestinationType(NftAddressType.Local).Jump(Published));
        }

        // The kernel routes neither beyond their link, so their packets go to the socket that holds the port, and a relay serves it.
        Rule(transaction, Published, "loopback has no way to a bridge by IPv6", new NftRule().NfProto(NftFamily.IPv6).Destination(IPAddress.IPv6Loopback).Return());
        Rule(transaction, Published, "nor have link-local addresses", new NftRule().NfProto(NftFamily.IPv6).Source(LinkLocalIPv6).Return());
        foreach ((NftFamily family, NftLoad address, string port, string any, string range) in new[]
        {
            (NftFamily.IPv4, NftLoad.IPv4Destination, Port4, Any4, Range4),
            (NftFamily.IPv6, NftLoad.IPv6Destination, Port6, Any6, Range6),
        })
        {
            Rule(transaction, Published, "a port of one address",
                new NftRule().NfProto(family).DnatToMap(family, port, address, NftLoad.L4Proto, NftLoad.DestinationPort));
            Rule(transaction, Published, "a port of all addresses",
                new NftRule().NfProto(family).DnatToMap(family, any, NftLoad.L4Proto, NftLoad.DestinationPort));
            Rule(transaction, Published, "ports in a row",
                new NftRule().NfProto(family).DnatToMapAddress(family, range, address, NftLoad.L4Proto, NftLoad.DestinationPort));
        }
    }

    private static void AddOpenPortRules(NftTransaction transaction)
    {
        const byte Icmp = 1, IcmpV6 = 58;
        foreach ((NftFamily family, byte icmp, NftLoad address, string routed, string[] open) in new[]
        {
            (NftFamily.IPv4, Icmp, NftLoad.IPv4Destination, Routed4, new[] { Open4, OpenRange4 }),
            (NftFamily.IPv6, IcmpV6, NftLoad.IPv6Destination, Routed6, [Open6, OpenRange6]),
        })
        {
            foreach (string set in open)
            {
                NftLoad[] key = [address, NftLoad.L4Proto, NftLoad.DestinationPort];
                Rule(transaction, Forward, "what came to a published port",
                    new NftRule().CtStatusDnat().OifNameInSet(Networks).NfProto(family).InSet(set, key).Accept());
                Rule(transaction, Forward, "open ports of routed networks",
                    new NftRule().OifNameInSet(routed).NfProto(family).InSet(set, key).Accept());
                Rule(transaction, Forward, "open ports, by trusted interfaces",
                    new NftRule().InSet(Trusted, NftLoad.IifName, NftLoad.OifName).NfProto(family).InSet(set, key).Accept());
            }

            Rule(transaction, Forward, "routed networks answer echo requests",
                new NftRule().OifNameInSet(routed).NfProto(family).L4Proto(icmp).Accept());
        }
    }

    /// <summary>Answers must come back through the host, which changed the destination.</summary>
    private static void AddReturnRules(NftTransaction transaction)
    {
        Rule(transaction, Postrouting, "an endpoint's neighbour, or itself, by the host's address",
            new NftRule().CtStatusDnat().InSet(Back, NftLoad.IifName, NftLoad.OifName).Masquerade());

        // Where bridged packets pass the IP firewall they turn round on the bridge, and have no interface that they came in by.
        NftValue none = NftValue.Raw(new byte[NftValue.MaxLength]);
        Rule(transaction, Postrouting, "the same, when it is bridged",
            new NftRule().CtStatusDnat().OifNameInSet(Networks).Match(NftLoad.IifName, none).FibSourceType(NftAddressType.Unicast).Masquerade());
        Rule(transaction, Postrouting, "the host itself by loopback",
            new NftRule().CtStatusDnat().NfProto(NftFamily.IPv4).OifNameInSet(Networks).Source(LoopbackIPv4).Masquerade());
    }
}

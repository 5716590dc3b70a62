using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Conntrack;

namespace LibNetwork.Publishing;

/// <summary>
/// Makes connection tracking forget where datagrams went before. A flow's way is chosen with its first packet, and a UDP client that keeps
/// sending from one port never begins a new one.
/// </summary>
internal static class StaleFlows
{
    private const byte Udp = (byte)TransportProtocol.Udp;
    private const int MostFilters = 32;   // each walks the table, in a hundredth of the time that a listing takes

    /// <summary>Whether a change of what is published leaves such flows.</summary>
    public static bool MayBe(IEnumerable<PublishedDemand> changed) => changed.Any(IsDatagrams);

    /// <summary>Deletes UDP flows to the ports, and to and from the endpoints' addresses.</summary>
    public static bool Delete(KernelSession session, IReadOnlyList<PublishedDemand> changed)
    {
        PublishedDemand[] datagrams = [.. changed.Where(IsDatagrams)];
        HashSet<IPAddress> containers = [.. datagrams.Select(published => published.Demand.ContainerAddress)];
        if ((2 * containers.Count) + datagrams.Sum(static published => published.HostPorts!.Value.Count) <= MostFilters)
        {
            session.Conntrack.Delete([.. containers.SelectMany(Of), .. datagrams.SelectMany(Of)]);
        }
        else
        {
            // Takes longer the more flows the host has, but not the more ports there are.
            session.Conntrack.Delete(flow => flow.Original.Protocol == Udp
                && (containers.Contains(flow.Reply.Source)
                    || containers.Contains(flow.Original.Source)
                    || Array.Exists(datagrams, published => IsTo(flow.Original, published))));
        }

        return true;
    }

    private static IEnumerable<ConntrackFilter> Of(IPAddress container) =>
    [
        new ConntrackFilter { Protocol = Udp, ReplySource = container },
        new ConntrackFilter { Protocol = Udp, OriginalSource = container },
    ];

    private static IEnumerable<ConntrackFilter> Of(PublishedDemand published)
    {
        IPAddress host = published.Demand.HostAddress!;   // it has ports of the host
        PortRange ports = published.HostPorts!.Value;
        return Enumerable.Range(ports.First, ports.Count).Select(port => new ConntrackFilter
        {
            Family = host.AddressFamily,
            Protocol = Udp,
            OriginalDestination = IsAny(host) ? null : host,
            OriginalDestinationPort = (ushort)port,
        });
    }

    private static bool IsDatagrams(PublishedDemand published)
        => published is { Demand.Protocol: TransportProtocol.Udp, IsRelayed: false, HostPorts: not null };

    private static bool IsTo(ConntrackTuple tuple, PublishedDemand published)
    {
        IPAddress host = published.Demand.HostAddress!;   // it has ports of the host
        return published.HostPorts!.Value.Contains(tuple.DestinationPort)
            && host.AddressFamily == tuple.Destination.AddressFamily
            && (host.Equals(tuple.Destination) || IsAny(host));
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}

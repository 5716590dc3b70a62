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
    /// <summary>Whether a change of what is published leaves such flows.</summary>
    public static bool MayBe(IEnumerable<PublishedDemand> changed) => changed.Any(IsDatagrams);

    /// <summary>Deletes UDP flows to the ports, and to and from the endpoints' addresses. Takes longer the more flows the host has.</summary>
    public static int Delete(KernelSession session, IReadOnlyList<PublishedDemand> changed)
    {
        PublishedDemand[] datagrams = [.. changed.Where(IsDatagrams)];
        HashSet<IPAddress> containers = [.. datagrams.Select(published => published.Demand.ContainerAddress)];
        return session.Conntrack.Delete(flow => flow.Original.Protocol == (byte)TransportProtocol.Udp
            && (containers.Contains(flow.Reply.Source)
                || containers.Contains(flow.Original.Source)
                || Array.Exists(datagrams, published => IsTo(flow.Original, published))));
    }

    private static bool IsDatagrams(PublishedDemand published)
        => published is { Demand.Protocol: TransportProtocol.Udp, IsRelayed: false, HostPorts: not null };

    private static bool IsTo(ConntrackTuple tuple, PublishedDemand published)
    {
        IPAddress host = published.Demand.HostAddress!;   // it has ports of the host
        return published.HostPorts!.Value.Contains(tuple.DestinationPort)
            && host.AddressFamily == tuple.Destination.AddressFamily
            && (host.Equals(tuple.Destination) || host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any));
    }
}

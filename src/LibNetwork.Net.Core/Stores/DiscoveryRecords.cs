using System.Net;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork.Stores;

/// <summary>Turns what service discovery keeps into records and back.</summary>
internal static class DiscoveryRecords
{
    public static DiscoveryRecord? ToRecord(EndpointDiscovery discovery)
        => discovery is { DisableResolver: false, Links.Count: 0, PortNames.Count: 0 }
            ? null
            : new DiscoveryRecord(
                discovery.DisableResolver, discovery.Links, discovery.PortNames.ToDictionary(port => port.Key, port => port.Value.ToString()));

    public static EndpointDiscovery FromRecord(DiscoveryRecord? record) => record is null
        ? new EndpointDiscovery()
        : new EndpointDiscovery
        {
            DisableResolver = record.DisableResolver,
            Links = record.Links,
            PortNames = record.PortNames.ToDictionary(port => port.Key, port => TransportPort.Parse(port.Value)),
        };

    public static DnsRecord? ToRecord(SandboxDns dns)
        => dns is { IsEnabled: true, Servers.Count: 0, SearchDomains.Count: 0, KeepsUndottedNames: false }
            ? null
            : new DnsRecord(
                dns.IsEnabled, [.. dns.Servers.Select(server => new DnsServerRecord(server.EndPoint.ToString(), server.IsReachedFromHost))],
                dns.SearchDomains, dns.KeepsUndottedNames);

    public static SandboxDns FromRecord(DnsRecord? record) => record is null
        ? new SandboxDns()
        : new SandboxDns
        {
            IsEnabled = record.IsEnabled,
            Servers = [.. record.Servers.Select(server => new DnsServer(IPEndPoint.Parse(server.EndPoint), server.IsReachedFromHost))],
            SearchDomains = record.SearchDomains,
            KeepsUndottedNames = record.KeepsUndottedNames,
        };
}

using System.Net;
using System.Net.Sockets;
using LibNetwork.ServiceDiscovery.Names;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <summary>Turns endpoints into what others read of them, and back. What another node wrote is looked at field by field: it may be wrong, or lie.</summary>
internal static class Announcement
{
    public static byte[] Of(EndpointState endpoint, IPAddress? nodeAddress) => ClusterRecords.Write(new AnnouncementRecord(
        endpoint.Name,
        endpoint.DnsNames.Count == 0 ? null : endpoint.DnsNames,
        endpoint.Discovery.PortNames.Count == 0 ? null : endpoint.Discovery.PortNames.ToDictionary(static port => port.Key, static port => port.Value.ToString()),
        endpoint.IPv4?.Address.ToString(),
        endpoint.IPv6?.Address.ToString(),
        endpoint.MacAddress?.ToString(),
        nodeAddress?.ToString()));

    /// <summary>Reads what a node has announced.</summary>
    /// <param name="entry">The key, which says whose it is, and the value.</param>
    /// <param name="network">The network that it is on.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: it cannot be what it says; the field is a property of <see cref="RemoteEndpoint"/>.</exception>
    public static RemoteEndpoint Read(StoreEntry entry, FollowedNetwork network)
    {
        string[] ids = entry.Key[ClusterKeys.EndpointsOf(network.Id).Length..].Split('/');
        if (ids.Length != 2)
        {
            throw Invalid(entry.Key, nameof(RemoteEndpoint.Id), "is not behind the node's in the key");
        }

        AnnouncementRecord record = ClusterRecords.ReadAnnouncement(entry.Value) ?? throw Invalid(entry.Key, nameof(RemoteEndpoint), "cannot be read by this version");
        string[] names = [.. record.DnsNames?.Select(static name => name ?? string.Empty) ?? []];
        DnsNameRules.Check(names, entry.Key, nameof(RemoteEndpoint.DnsNames));
        return new RemoteEndpoint
        {
            Id = new EndpointId(ids[1]),
            NodeId = new NodeId(ids[0]),
            Name = ObjectName.Checked(record.Name, entry.Key, nameof(RemoteEndpoint.Name)),
            DnsNames = names,
            PortNames = PortsOf(entry.Key, record),
            IPv4 = AddressOf(entry.Key, nameof(RemoteEndpoint.IPv4), record.IPv4, AddressFamily.InterNetwork, network.Subnets),
            IPv6 = AddressOf(entry.Key, nameof(RemoteEndpoint.IPv6), record.IPv6, AddressFamily.InterNetworkV6, network.Subnets),
            MacAddress = record.MacAddress is null ? null
                : MacAddress.TryParse(record.MacAddress, out MacAddress mac) && mac.IsUnicast ? mac
                : throw Invalid(entry.Key, nameof(RemoteEndpoint.MacAddress), "is not the address of one station"),
            NodeAddress = record.NodeAddress is null ? null
                : IPAddress.TryParse(record.NodeAddress, out IPAddress? node) ? node
                : throw Invalid(entry.Key, nameof(RemoteEndpoint.NodeAddress), "is not an address"),
        };
    }

    private static Dictionary<string, TransportPort> PortsOf(string subject, AnnouncementRecord record)
    {
        Dictionary<string, TransportPort> ports = new(StringComparer.Ordinal);
        foreach ((string name, string text) in record.PortNames ?? new Dictionary<string, string>())
        {
            ports[name] = TransportPort.TryParse(text, out TransportPort port) ? port : throw Invalid(subject, nameof(RemoteEndpoint.PortNames), "have one that is not a port");
        }

        return ports;
    }

    private static IPAddress? AddressOf(string subject, string field, string? text, AddressFamily family, IReadOnlyList<Subnet> subnets)
    {
        if (text is null)
        {
            return null;
        }

        return IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family && (family == AddressFamily.InterNetwork || address.ScopeId == 0)
            && subnets.Any(subnet => subnet.Contains(address))
            ? address
            : throw Invalid(subject, field, "is in none of the network's subnets of that family");
    }

    private static NetworkException Invalid(string subject, string field, string problem) => NetworkException.InvalidArgument(subject, field, problem);
}

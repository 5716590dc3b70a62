using LibNetwork.Firewall;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Links between containers of a network whose endpoints may not talk to each other: exposed ports of one are open to the other.</summary>
internal static class LegacyLinks
{
    public static IReadOnlyList<FirewallLink> Of(
        BridgeEndpoint endpoint, IReadOnlyDictionary<string, string> options, Func<EndpointId, BridgeEndpoint?> find)
    {
        if (endpoint.Network.Options.InterContainer
            || !(options.ContainsKey(BridgeLabels.LinkParents) || options.ContainsKey(BridgeLabels.LinkChildren)))
        {
            return [];
        }

        OptionReader reader = new(endpoint.Subject, options);
        List<FirewallLink> links = [];
        foreach (BridgeEndpoint parent in Named(reader, BridgeLabels.LinkParents, find))
        {
            Add(links, client: parent, server: endpoint);
        }

        foreach (BridgeEndpoint child in Named(reader, BridgeLabels.LinkChildren, find))
        {
            Add(links, client: endpoint, server: child);
        }

        return links;
    }

    private static IEnumerable<BridgeEndpoint> Named(OptionReader reader, string label, Func<EndpointId, BridgeEndpoint?> find)
    {
        foreach (string id in reader.Items(label, ','))
        {
            EndpointId endpointId;
            try
            {
                endpointId = new EndpointId(id);
            }
            catch (NetworkException)
            {
                throw reader.Invalid(label, "contains what is not an endpoint's id");
            }

            yield return find(endpointId) ?? throw NetworkException.NotFound($"endpoint \"{id}\" in {label}");
        }
    }

    private static void Add(List<FirewallLink> links, BridgeEndpoint client, BridgeEndpoint server)
    {
        NetworkId network = server.Network.Id;
        foreach (TransportPort port in server.ExposedPorts)
        {
            if (client.IPv4 is { } client4 && server.IPv4 is { } server4)
            {
                links.Add(new FirewallLink(network, client4.Address, server4.Address, port));
            }

            if (client.IPv6 is { } client6 && server.IPv6 is { } server6)
            {
                links.Add(new FirewallLink(network, client6.Address, server6.Address, port));
            }
        }
    }
}

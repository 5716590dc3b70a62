using System.Buffers;
using System.Text.Json;

namespace LibNetwork.Stores;

/// <summary>Writes records as JSON. Without a serializer, whose first use costs a short process more than all that it has to write; nothing is written of what is <see langword="null"/>.</summary>
internal static class RecordWriter
{
    public static byte[] Write(NetworkRecord record) => Whole(record, static (json, record) =>
    {
        Phase(json, record.Phase);
        json.WriteString("Id", record.Id);
        json.WriteString("Name", record.Name);
        json.WriteString("Driver", record.Driver);
        json.WriteString("Created", record.Created);
        json.WriteBoolean("EnableIPv4", record.EnableIPv4);
        json.WriteBoolean("EnableIPv6", record.EnableIPv6);
        json.WriteBoolean("Internal", record.Internal);
        json.WriteString("IpamDriver", record.IpamDriver);
        Map(json, "IpamOptions", record.IpamOptions);
        Map(json, "Options", record.Options);
        Map(json, "Labels", record.Labels);
        List(json, "Pools", record.Pools, static (json, pool) =>
        {
            json.WriteString("PoolId", pool.PoolId);
            json.WriteString("Subnet", pool.Subnet);
            Text(json, "Range", pool.Range);
            Texts(json, "Withheld", pool.Withheld);
            Text(json, "Gateway", pool.Gateway);
            Map(json, "Reserved", pool.Reserved);
        });
        json.WriteBoolean("ConfigOnly", record.ConfigOnly);
        Text(json, "ConfigFrom", record.ConfigFrom);
        List(json, "ConfiguredPools", record.ConfiguredPools, static (json, pool) =>
        {
            Text(json, "Subnet", pool.Subnet);
            json.WriteString("Family", pool.Family.ToString());
            Text(json, "Range", pool.Range);
            Texts(json, "Withheld", pool.Withheld);
            Text(json, "Gateway", pool.Gateway);
            Map(json, "Reserved", pool.Reserved);
        });
        json.WriteBoolean("IsShared", record.IsShared);
    });

    public static byte[] Write(EndpointRecord record) => Whole(record, static (json, record) =>
    {
        Phase(json, record.Phase);
        json.WriteString("Id", record.Id);
        json.WriteString("NetworkId", record.NetworkId);
        json.WriteString("Name", record.Name);
        json.WriteString("Created", record.Created);
        Text(json, "MacAddress", record.MacAddress);
        Text(json, "IPv4", record.IPv4);
        Text(json, "IPv6", record.IPv6);
        Text(json, "PoolIPv4", record.PoolIPv4);
        Text(json, "PoolIPv6", record.PoolIPv6);
        Texts(json, "LinkLocalAddresses", record.LinkLocalAddresses);
        Texts(json, "DnsNames", record.DnsNames);
        Texts(json, "ExposedPorts", record.ExposedPorts);
        Map(json, "Options", record.Options);
        json.WriteString("InterfacePrefix", record.InterfacePrefix);
        Object(json, "Join", record.Join, Write);
        Texts(json, "PortBindings", record.PortBindings);
        Texts(json, "PublishedPorts", record.PublishedPorts);
        Object(json, "Discovery", record.Discovery, static (json, discovery) =>
        {
            json.WriteBoolean("DisableResolver", discovery.DisableResolver);
            Map(json, "Links", discovery.Links);
            Map(json, "PortNames", discovery.PortNames);
        });
        Texts(json, "Egress", record.Egress);
    });

    public static byte[] Write(SandboxRecord record) => Whole(record, static (json, record) =>
    {
        Phase(json, record.Phase);
        json.WriteString("Id", record.Id);
        json.WriteString("ContainerId", record.ContainerId);
        json.WriteString("NamespacePath", record.NamespacePath);
        json.WriteBoolean("UsesHostNamespace", record.UsesHostNamespace);
        Map(json, "Options", record.Options);
        Object(json, "Dns", record.Dns, static (json, dns) =>
        {
            json.WriteBoolean("IsEnabled", dns.IsEnabled);
            List(json, "Servers", dns.Servers, static (json, server) =>
            {
                json.WriteString("EndPoint", server.EndPoint);
                json.WriteBoolean("IsReachedFromHost", server.IsReachedFromHost);
            });
            Texts(json, "SearchDomains", dns.SearchDomains);
            json.WriteBoolean("KeepsUndottedNames", dns.KeepsUndottedNames);
        });
        json.WriteBoolean("UsesGivenNamespace", record.UsesGivenNamespace);
        List(json, "Rejoins", record.Rejoins, static (json, rejoin) =>
        {
            json.WriteString("NetworkId", rejoin.NetworkId);
            json.WriteString("EndpointId", rejoin.EndpointId);
            json.WriteNumber("GatewayPriority", rejoin.GatewayPriority);
            Text(json, "InterfaceName", rejoin.InterfaceName);
        });
    });

    private static void Write(Utf8JsonWriter json, JoinRecord join)
    {
        json.WriteString("SandboxId", join.SandboxId);
        Text(json, "InterfaceName", join.InterfaceName);
        json.WriteNumber("GatewayPriority", join.GatewayPriority);
        Text(json, "SourceName", join.SourceName);
        json.WriteBoolean("CreatedInSandbox", join.CreatedInSandbox);
        json.WriteBoolean("IsCutByDriver", join.IsCutByDriver);
        json.WriteBoolean("OwnsSegment", join.OwnsSegment);
        Text(json, "GatewayIPv4", join.GatewayIPv4);
        Text(json, "GatewayIPv6", join.GatewayIPv6);
        json.WriteBoolean("ForceGatewayIPv4", join.ForceGatewayIPv4);
        json.WriteBoolean("ForceGatewayIPv6", join.ForceGatewayIPv6);
        json.WriteBoolean("DisableGatewayService", join.DisableGatewayService);
        List(json, "Routes", join.Routes, static (json, route) =>
        {
            json.WriteString("Destination", route.Destination);
            Text(json, "NextHop", route.NextHop);
        });
        Phase(json, join.Phase);
    }

    private static byte[] Whole<TRecord>(TRecord record, Action<Utf8JsonWriter, TRecord> write)
    {
        ArrayBufferWriter<byte> text = new(1024);
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            write(json, record);
            json.WriteEndObject();
        }

        return text.WrittenSpan.ToArray();
    }

    private static void Phase(Utf8JsonWriter json, RecordPhase phase) => json.WriteString("Phase", phase switch
    {
        RecordPhase.Creating => nameof(RecordPhase.Creating),
        RecordPhase.Ready => nameof(RecordPhase.Ready),
        _ => nameof(RecordPhase.Deleting),
    });

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void Object<TRecord>(Utf8JsonWriter json, string name, TRecord? record, Action<Utf8JsonWriter, TRecord> write)
        where TRecord : class
    {
        if (record is not null)
        {
            json.WriteStartObject(name);
            write(json, record);
            json.WriteEndObject();
        }
    }

    private static void List<TRecord>(Utf8JsonWriter json, string name, IReadOnlyList<TRecord>? records, Action<Utf8JsonWriter, TRecord> write)
    {
        if (records is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (TRecord record in records)
        {
            json.WriteStartObject();
            write(json, record);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void Map(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string>? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, string text) in texts)
        {
            json.WriteString(key, text);
        }

        json.WriteEndObject();
    }
}

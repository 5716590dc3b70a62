using System.Net.Sockets;
using System.Text.Json;

namespace LibNetwork.Stores;

/// <summary>Reads records that <see cref="RecordWriter"/> wrote, now or in an earlier version, which knew fewer fields.</summary>
/// <exception cref="JsonException">From every method: it is not such a record.</exception>
internal static class RecordReader
{
    public static NetworkRecord ReadNetwork(ReadOnlySpan<byte> json)
    {
        RecordFields fields = RecordFields.Of(json);
        return new NetworkRecord(
            Phase(fields),
            fields.Text("Id"), fields.Text("Name"), fields.Text("Driver"), fields.Time("Created"), fields.Flag("EnableIPv4"), fields.Flag("EnableIPv6"), fields.Flag("Internal"),
            fields.Text("IpamDriver"), fields.Map("IpamOptions"), fields.Map("Options"), fields.Map("Labels"),
            fields.List("Pools", static pool => new PoolRecord(
                pool.Text("PoolId"), pool.Text("Subnet"), pool.TextOrNull("Range"), pool.TextsOrNull("Withheld"), pool.TextOrNull("Gateway"), pool.Map("Reserved"))),
            fields.Flag("ConfigOnly"), fields.TextOrNull("ConfigFrom"),
            fields.ListOrNull("ConfiguredPools", static pool => new PoolSpecRecord(
                pool.TextOrNull("Subnet"), Enum.Parse<AddressFamily>(pool.Text("Family")), pool.TextOrNull("Range"), pool.TextsOrNull("Withheld"), pool.TextOrNull("Gateway"),
                pool.MapOrNull("Reserved"))),
            fields.Flag("IsShared"));
    }

    public static EndpointRecord ReadEndpoint(ReadOnlySpan<byte> json)
    {
        RecordFields fields = RecordFields.Of(json);
        return new EndpointRecord(
            Phase(fields),
            fields.Text("Id"), fields.Text("NetworkId"), fields.Text("Name"), fields.Time("Created"), fields.TextOrNull("MacAddress"), fields.TextOrNull("IPv4"),
            fields.TextOrNull("IPv6"), fields.TextOrNull("PoolIPv4"), fields.TextOrNull("PoolIPv6"), fields.Texts("LinkLocalAddresses"), fields.Texts("DnsNames"),
            fields.Texts("ExposedPorts"), fields.Map("Options"), fields.Text("InterfacePrefix"), fields.ObjectOrNull("Join") is { } join ? ReadJoin(join) : null,
            fields.TextsOrNull("PortBindings"), fields.TextsOrNull("PublishedPorts"),
            fields.ObjectOrNull("Discovery") is { } discovery
                ? new DiscoveryRecord(discovery.Flag("DisableResolver"), discovery.Map("Links"), discovery.Map("PortNames"))
                : null,
            fields.TextsOrNull("Egress"));
    }

    public static SandboxRecord ReadSandbox(ReadOnlySpan<byte> json)
    {
        RecordFields fields = RecordFields.Of(json);
        return new SandboxRecord(
            Phase(fields),
            fields.Text("Id"), fields.Text("ContainerId"), fields.Text("NamespacePath"), fields.Flag("UsesHostNamespace"), fields.Map("Options"),
            fields.ObjectOrNull("Dns") is { } dns
                ? new DnsRecord(
                    dns.Flag("IsEnabled"), dns.List("Servers", static server => new DnsServerRecord(server.Text("EndPoint"), server.Flag("IsReachedFromHost"))),
                    dns.Texts("SearchDomains"), dns.Flag("KeepsUndottedNames"))
                : null,
            fields.Flag("UsesGivenNamespace"),
            fields.ListOrNull("Rejoins", static rejoin => new RejoinRecord(
                rejoin.Text("NetworkId"), rejoin.Text("EndpointId"), rejoin.Number("GatewayPriority"), rejoin.TextOrNull("InterfaceName"))));
    }

    private static JoinRecord ReadJoin(RecordFields join) => new(
        join.Text("SandboxId"), join.TextOrNull("InterfaceName"), join.Number("GatewayPriority"), join.TextOrNull("SourceName"), join.Flag("CreatedInSandbox"),
        join.Flag("IsCutByDriver"), join.Flag("OwnsSegment"), join.TextOrNull("GatewayIPv4"), join.TextOrNull("GatewayIPv6"), join.Flag("ForceGatewayIPv4"),
        join.Flag("ForceGatewayIPv6"), join.Flag("DisableGatewayService"),
        join.List("Routes", static route => new RouteRecord(route.Text("Destination"), route.TextOrNull("NextHop"))),
        join.TextOrNull("Phase") is null ? RecordPhase.Ready : Phase(join));

    private static RecordPhase Phase(RecordFields fields) => fields.Text("Phase") switch
    {
        nameof(RecordPhase.Creating) => RecordPhase.Creating,
        nameof(RecordPhase.Ready) => RecordPhase.Ready,
        nameof(RecordPhase.Deleting) => RecordPhase.Deleting,
        var other => throw new JsonException($"There is no phase \"{other}\"."),
    };
}

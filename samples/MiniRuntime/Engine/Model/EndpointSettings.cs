using System.Text.Json.Serialization;

namespace MiniRuntime.Engine.Model;

/// <summary>A container's place on a network: what was asked (the first part) and what came of it, as the Docker Engine API writes it.</summary>
internal sealed record EndpointSettings
{
    [JsonPropertyName("IPAMConfig")]
    public EndpointIpamConfig? IpamConfig { get; init; }

    public IReadOnlyList<string>? Links { get; init; }

    public IReadOnlyList<string>? Aliases { get; init; }

    public string? MacAddress { get; init; }

    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }

    public int GwPriority { get; init; }

    [JsonPropertyName("NetworkID")]
    public string NetworkId { get; init; } = string.Empty;

    [JsonPropertyName("EndpointID")]
    public string EndpointId { get; init; } = string.Empty;

    public string Gateway { get; init; } = string.Empty;

    [JsonPropertyName("IPAddress")]
    public string IPAddress { get; init; } = string.Empty;

    [JsonPropertyName("IPPrefixLen")]
    public int IPPrefixLength { get; init; }

    [JsonPropertyName("IPv6Gateway")]
    public string IPv6Gateway { get; init; } = string.Empty;

    [JsonPropertyName("GlobalIPv6Address")]
    public string GlobalIPv6Address { get; init; } = string.Empty;

    [JsonPropertyName("GlobalIPv6PrefixLen")]
    public int GlobalIPv6PrefixLength { get; init; }

    [JsonPropertyName("DNSNames")]
    public IReadOnlyList<string>? DnsNames { get; init; }
}

using System.Text.Json.Serialization;

namespace MiniRuntime.Engine.Networks;

/// <summary>A network as it is asked for, as the Docker Engine API writes it (<c>POST /networks/create</c>).</summary>
internal sealed record NetworkRequest
{
    public string? Name { get; init; }

    public string? Driver { get; init; }

    public string? Scope { get; init; }

    public bool? EnableIPv4 { get; init; }

    public bool? EnableIPv6 { get; init; }

    public bool Internal { get; init; }

    public bool Attachable { get; init; }

    public bool Ingress { get; init; }

    /// <summary>Whether it is no network, but only a configuration for others.</summary>
    public bool ConfigOnly { get; init; }

    public ConfigReference? ConfigFrom { get; init; }

    [JsonPropertyName("IPAM")]
    public IpamConfig? Ipam { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The name of the configuration that it takes over, if any.</summary>
    [JsonIgnore]
    public string? ConfigName => string.IsNullOrEmpty(ConfigFrom?.Network) ? null : ConfigFrom.Network;

    /// <summary>The same network with the settings of a configuration.</summary>
    public NetworkRequest WithConfiguration(NetworkRequest configuration) => this with
    {
        EnableIPv4 = configuration.EnableIPv4,
        EnableIPv6 = configuration.EnableIPv6,
        Ipam = configuration.Ipam,
        Options = configuration.Options,
        Labels = configuration.Labels,
    };
}

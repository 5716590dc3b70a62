using System.Text.Json.Serialization;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>A network to be made.</summary>
internal sealed record NetworkCreation
{
    public required string Name { get; init; }

    /// <summary>Engines before API 1.44 make a second network of the same name unless they are told.</summary>
    public bool CheckDuplicate => true;

    public string? Driver { get; init; }

    public bool Internal { get; init; }

    public bool Attachable { get; init; }

    public bool? EnableIPv4 { get; init; }

    public bool? EnableIPv6 { get; init; }

    [JsonPropertyName("IPAM")]
    public NetworkIpam? Ipam { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

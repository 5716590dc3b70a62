using System.Text.Json.Serialization;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>A subnet of a network.</summary>
internal sealed record NetworkIpamPool
{
    public string? Subnet { get; init; }

    [JsonPropertyName("IPRange")]
    public string? Range { get; init; }

    public string? Gateway { get; init; }

    public IReadOnlyDictionary<string, string>? AuxiliaryAddresses { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

/// <summary>An endpoint that joins a sandbox, or that becomes its way out.</summary>
internal sealed record JoinMessage
{
    [JsonPropertyName("NetworkID")]
    public string? NetworkId { get; init; }

    [JsonPropertyName("EndpointID")]
    public string? EndpointId { get; init; }

    public string? SandboxKey { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

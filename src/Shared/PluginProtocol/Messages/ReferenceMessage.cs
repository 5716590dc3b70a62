using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

/// <summary>An endpoint or, without one, a network.</summary>
internal sealed record ReferenceMessage
{
    [JsonPropertyName("NetworkID")]
    public string? NetworkId { get; init; }

    [JsonPropertyName("EndpointID")]
    public string? EndpointId { get; init; }
}

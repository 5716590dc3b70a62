using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

internal sealed record PoolReferenceMessage
{
    [JsonPropertyName("PoolID")]
    public string? PoolId { get; init; }
}

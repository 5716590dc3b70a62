using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

internal sealed record PoolReply : Reply
{
    [JsonPropertyName("PoolID")]
    public string? PoolId { get; init; }

    public string? Pool { get; init; }

    public IReadOnlyDictionary<string, string>? Data { get; init; }
}

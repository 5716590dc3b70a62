using System.Text.Json;
using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

/// <summary>A network to be allocated in a cluster, or created on a host.</summary>
internal sealed record NetworkMessage
{
    [JsonPropertyName("NetworkID")]
    public string? NetworkId { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }

    public IReadOnlyList<PoolMessage>? IPv4Data { get; init; }

    public IReadOnlyList<PoolMessage>? IPv6Data { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace LibNetwork.Plugins.Protocol;

internal sealed record EndpointMessage
{
    [JsonPropertyName("NetworkID")]
    public string? NetworkId { get; init; }

    [JsonPropertyName("EndpointID")]
    public string? EndpointId { get; init; }

    public AddressesMessage? Interface { get; init; }

    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

using System.Text.Json;

namespace LibNetwork.Plugins.Protocol;

internal sealed record GatewayNeedsMessage
{
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}

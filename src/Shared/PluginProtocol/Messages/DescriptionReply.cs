using System.Text.Json;

namespace LibNetwork.Plugins.Protocol;

internal sealed record DescriptionReply : Reply
{
    public IReadOnlyDictionary<string, JsonElement>? Value { get; init; }
}

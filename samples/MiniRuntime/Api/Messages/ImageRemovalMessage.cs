using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

/// <summary>A step of an image's removal: a name that is gone, or the image itself.</summary>
internal sealed record ImageRemovalMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Untagged { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Deleted { get; init; }
}

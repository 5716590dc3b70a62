using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

/// <summary>What starts containers.</summary>
internal sealed record RuntimeMessage([property: JsonPropertyName("path")] string Path);

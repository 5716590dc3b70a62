using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

/// <summary>A line about work in progress; the last one of an import is the image's id.</summary>
internal sealed record ProgressMessage([property: JsonPropertyName("status")] string Status);

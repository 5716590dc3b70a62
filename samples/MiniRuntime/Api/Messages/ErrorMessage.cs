using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

/// <summary>What went wrong.</summary>
internal sealed record ErrorMessage([property: JsonPropertyName("message")] string Message);

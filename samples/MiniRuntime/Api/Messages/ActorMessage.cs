using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

/// <summary>The object that something happened to.</summary>
internal sealed record ActorMessage([property: JsonPropertyName("ID")] string Id, IReadOnlyDictionary<string, string> Attributes);

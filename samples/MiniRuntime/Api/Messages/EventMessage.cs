using System.Text.Json.Serialization;
using MiniRuntime.Engine.Events;

namespace MiniRuntime.Api.Messages;

/// <summary>Something that happened (<c>docker events</c>).</summary>
internal sealed record EventMessage
{
    public required string Type { get; init; }

    public required string Action { get; init; }

    public required ActorMessage Actor { get; init; }

    [JsonPropertyName("scope")]
    public string Scope { get; init; } = "local";

    [JsonPropertyName("time")]
    public required long Time { get; init; }

    [JsonPropertyName("timeNano")]
    public required long TimeInNanoseconds { get; init; }

    /// <summary>The action again, as the first versions of the API had it, for containers and images.</summary>
    [JsonPropertyName("status")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }

    [JsonPropertyName("id")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    [JsonPropertyName("from")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    public static EventMessage Of(EngineEvent happened)
    {
        bool hasOldForm = happened.Type is "container" or "image";
        return new EventMessage
        {
            Type = happened.Type,
            Action = happened.Action,
            Actor = new ActorMessage(happened.ActorId, happened.Attributes),
            Time = happened.Time.ToUnixTimeSeconds(),
            TimeInNanoseconds = (happened.Time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick,
            Status = hasOldForm ? happened.Action : null,
            Id = hasOldForm ? happened.ActorId : null,
            From = happened.Type == "container" ? happened.Attributes.GetValueOrDefault("image") : null,
        };
    }
}

using System.Text.Json.Serialization;

namespace MiniRuntime.Api.Messages;

internal sealed record ExecProcessMessage
{
    [JsonPropertyName("tty")]
    public required bool Terminal { get; init; }

    [JsonPropertyName("entrypoint")]
    public required string Program { get; init; }

    [JsonPropertyName("arguments")]
    public required IReadOnlyList<string> Arguments { get; init; }

    [JsonPropertyName("privileged")]
    public required bool Privileged { get; init; }

    [JsonPropertyName("user")]
    public string? User { get; init; }
}

using System.Text.Json.Serialization;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>A port of a container, and where on the host it is published, if it is.</summary>
internal sealed record PublishedPort
{
    [JsonPropertyName("IP")]
    public string? HostIp { get; init; }

    public int PrivatePort { get; init; }

    /// <summary>Nothing, or 0, when it is not published.</summary>
    public int? PublicPort { get; init; }

    public string Type { get; init; } = string.Empty;
}

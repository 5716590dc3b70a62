using System.Text.Json.Serialization;

namespace MiniRuntime.Compose.EngineClient;

/// <summary>A container that is there, running or not.</summary>
internal sealed record ContainerSummary
{
    public string Id { get; init; } = string.Empty;

    /// <summary>Each with a slash before it.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    [JsonPropertyName("ImageID")]
    public string ImageId { get; init; } = string.Empty;

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>One word: <c>created</c>, <c>running</c>, <c>exited</c>, and so on.</summary>
    public string State { get; init; } = string.Empty;

    /// <summary>For people: <c>Up 3 minutes</c>.</summary>
    public string Status { get; init; } = string.Empty;

    public IReadOnlyList<PublishedPort>? Ports { get; init; }

    public ContainerNetworks? NetworkSettings { get; init; }

    [JsonIgnore]
    public string Name => Names.Count == 0 ? Id : Names[0].TrimStart('/');

    [JsonIgnore]
    public bool IsRunning => State == "running";

    public string? Label(string name) => Labels?.GetValueOrDefault(name);
}

namespace MiniRuntime.Compose.EngineClient;

/// <summary>A network that is there.</summary>
internal sealed record NetworkSummary
{
    public string Id { get; init; } = string.Empty;

    public string Name { get; init; } = string.Empty;

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

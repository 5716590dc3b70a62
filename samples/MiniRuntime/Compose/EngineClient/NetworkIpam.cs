namespace MiniRuntime.Compose.EngineClient;

/// <summary>Where a network's addresses are to come from.</summary>
internal sealed record NetworkIpam
{
    public string Driver { get; init; } = "default";

    public IReadOnlyList<NetworkIpamPool>? Config { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

namespace MiniRuntime.Compose.EngineClient;

/// <summary>What the engine answers when it has made something.</summary>
internal sealed record Created
{
    public string Id { get; init; } = string.Empty;
}

/// <summary>What the engine answers instead of doing it.</summary>
internal sealed record Refusal
{
    public string? Message { get; init; }
}

/// <summary>How a container ended.</summary>
internal sealed record Ended
{
    public long StatusCode { get; init; }
}

/// <summary>An image that is there.</summary>
internal sealed record ImageDetails
{
    public string Id { get; init; } = string.Empty;
}

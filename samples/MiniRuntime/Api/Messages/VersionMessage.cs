namespace MiniRuntime.Api.Messages;

/// <summary>The engine's version (<c>docker version</c>).</summary>
internal sealed record VersionMessage
{
    public required PlatformMessage Platform { get; init; }

    public required IReadOnlyList<ComponentMessage> Components { get; init; }

    public required string Version { get; init; }

    public required string ApiVersion { get; init; }

    public required string MinAPIVersion { get; init; }

    public required string Os { get; init; }

    public required string Arch { get; init; }

    public required string KernelVersion { get; init; }

    /// <summary>There is no Go here; clients print it.</summary>
    public string GoVersion { get; init; } = string.Empty;

    public string GitCommit { get; init; } = string.Empty;

    public string BuildTime { get; init; } = string.Empty;
}

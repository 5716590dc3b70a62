namespace MiniRuntime.Engine.Model;

/// <summary>Whether a container is started again when it ends. MiniRuntime keeps it and does not act on it.</summary>
internal sealed record RestartPolicy
{
    public string Name { get; init; } = string.Empty;

    public int MaximumRetryCount { get; init; }
}

namespace MiniRuntime.Engine.Processes;

/// <summary>A further program in a container (<c>docker exec</c>).</summary>
internal sealed record ExecSpec
{
    public required IReadOnlyList<string> Command { get; init; }

    public IReadOnlyList<string> Environment { get; init; } = [];

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public bool Terminal { get; init; }

    public bool OpenInput { get; init; }

    public bool Privileged { get; init; }
}

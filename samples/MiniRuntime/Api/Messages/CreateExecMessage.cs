namespace MiniRuntime.Api.Messages;

/// <summary>A program to run in a container.</summary>
internal sealed record CreateExecMessage
{
    public IReadOnlyList<string>? Cmd { get; init; }

    public IReadOnlyList<string>? Env { get; init; }

    public string? WorkingDir { get; init; }

    public string? User { get; init; }

    public bool Tty { get; init; }

    public bool Privileged { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; }

    public bool AttachStderr { get; init; }

    /// <summary>Rows and columns.</summary>
    public IReadOnlyList<int>? ConsoleSize { get; init; }
}

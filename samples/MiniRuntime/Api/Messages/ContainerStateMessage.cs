namespace MiniRuntime.Api.Messages;

internal sealed record ContainerStateMessage
{
    public required string Status { get; init; }

    public required bool Running { get; init; }

    public bool Paused => false;

    public bool Restarting => false;

    public bool OOMKilled => false;

    public bool Dead => false;

    public required int Pid { get; init; }

    public required int ExitCode { get; init; }

    public required string Error { get; init; }

    public required string StartedAt { get; init; }

    public required string FinishedAt { get; init; }
}

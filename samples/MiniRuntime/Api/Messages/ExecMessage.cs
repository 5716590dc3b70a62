namespace MiniRuntime.Api.Messages;

/// <summary>A program in a container, as it is.</summary>
internal sealed record ExecMessage
{
    public required string ID { get; init; }

    public required bool Running { get; init; }

    public required int? ExitCode { get; init; }

    public required ExecProcessMessage ProcessConfig { get; init; }

    public required bool OpenStdin { get; init; }

    public bool OpenStdout => true;

    public bool OpenStderr => true;

    public bool CanRemove => false;

    public required string ContainerID { get; init; }

    public string DetachKeys => string.Empty;

    public required int Pid { get; init; }
}

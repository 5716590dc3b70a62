namespace MiniRuntime.Api.Messages;

/// <summary>A container that is to be disconnected from a network.</summary>
internal sealed record NetworkDisconnectRequest
{
    public string? Container { get; init; }

    public bool Force { get; init; }
}

namespace MiniRuntime.Api.Messages;

/// <summary>A port of a container, and where it is published.</summary>
internal sealed record PortMessage
{
    public string? IP { get; init; }

    public required int PrivatePort { get; init; }

    public int? PublicPort { get; init; }

    public required string Type { get; init; }
}

namespace MiniRuntime.Api.Messages;

internal sealed record StartExecMessage
{
    public bool Detach { get; init; }

    public bool Tty { get; init; }

    /// <summary>Rows and columns.</summary>
    public IReadOnlyList<int>? ConsoleSize { get; init; }
}

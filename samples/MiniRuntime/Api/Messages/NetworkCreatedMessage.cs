namespace MiniRuntime.Api.Messages;

/// <summary>The network that was created.</summary>
internal sealed record NetworkCreatedMessage(string Id)
{
    public string Warning { get; init; } = string.Empty;
}

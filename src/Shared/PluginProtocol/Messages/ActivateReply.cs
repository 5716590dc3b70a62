namespace LibNetwork.Plugins.Protocol;

internal sealed record ActivateReply : Reply
{
    public IReadOnlyList<string>? Implements { get; init; }
}

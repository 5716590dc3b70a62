namespace MiniRuntime.Api.Messages;

/// <summary>What a prune removed of what is not there.</summary>
internal sealed record NothingPrunedMessage
{
    public long SpaceReclaimed { get; init; }
}

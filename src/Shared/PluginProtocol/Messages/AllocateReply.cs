namespace LibNetwork.Plugins.Protocol;

/// <summary>What a cluster's allocation added to a network's options.</summary>
internal sealed record AllocateReply : Reply
{
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

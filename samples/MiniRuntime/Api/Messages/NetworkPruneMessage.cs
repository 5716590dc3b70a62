namespace MiniRuntime.Api.Messages;

/// <summary>The names of the networks that a prune removed.</summary>
internal sealed record NetworkPruneMessage(IReadOnlyList<string> NetworksDeleted);

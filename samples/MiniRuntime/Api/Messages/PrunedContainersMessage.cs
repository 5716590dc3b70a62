namespace MiniRuntime.Api.Messages;

internal sealed record PrunedContainersMessage(IReadOnlyList<string> ContainersDeleted, long SpaceReclaimed);

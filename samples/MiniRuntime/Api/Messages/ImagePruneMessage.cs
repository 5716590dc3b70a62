namespace MiniRuntime.Api.Messages;

/// <summary>What a prune of images removed.</summary>
internal sealed record ImagePruneMessage(IReadOnlyList<ImageRemovalMessage> ImagesDeleted, long SpaceReclaimed);

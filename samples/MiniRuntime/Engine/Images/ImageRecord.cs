namespace MiniRuntime.Engine.Images;

/// <summary>What is kept of an image beside its files.</summary>
internal sealed record ImageRecord(string Id, IReadOnlyList<string> Tags, DateTimeOffset Created, long Size);

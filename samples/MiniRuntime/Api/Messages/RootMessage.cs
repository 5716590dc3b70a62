namespace MiniRuntime.Api.Messages;

/// <summary>What an image's root is made of.</summary>
internal sealed record RootMessage(string Type, IReadOnlyList<string> Layers);

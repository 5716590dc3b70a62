namespace MiniRuntime.Api.Messages;

/// <summary>What the engine calls itself.</summary>
internal sealed record PlatformMessage(string Name);

namespace MiniRuntime.Api.Messages;

/// <summary>A part of the engine with its version.</summary>
internal sealed record ComponentMessage(string Name, string Version, IReadOnlyDictionary<string, string> Details);

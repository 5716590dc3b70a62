namespace MiniRuntime.Api.Messages;

internal sealed record ContainerCreatedMessage(string Id, IReadOnlyList<string> Warnings);

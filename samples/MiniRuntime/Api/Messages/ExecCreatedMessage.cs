namespace MiniRuntime.Api.Messages;

internal sealed record ExecCreatedMessage(string Id);

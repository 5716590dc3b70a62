namespace MiniRuntime.Api.Messages;

internal sealed record WaitMessage(int StatusCode);

namespace MiniRuntime.Api.Messages;

internal sealed record TopMessage(IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Processes);

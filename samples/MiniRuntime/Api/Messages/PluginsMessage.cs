namespace MiniRuntime.Api.Messages;

/// <summary>The drivers of an engine, by what they drive.</summary>
internal sealed record PluginsMessage(IReadOnlyList<string> Network)
{
    public IReadOnlyList<string> Volume { get; init; } = [];

    public IReadOnlyList<string> Authorization { get; init; } = [];

    public IReadOnlyList<string> Log { get; init; } = ["json-file"];
}

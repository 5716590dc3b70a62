using MiniRuntime.Engine.Events;

namespace MiniRuntime.Api;

/// <summary>Which events a client wants to hear of.</summary>
internal sealed class EventFilter(string? text)
{
    private static readonly string[] ObjectTypes = ["container", "network", "image", "volume", "daemon", "plugin", "service", "node", "secret", "config"];

    private readonly Filters _filters = Filters.Parse(text, ["type", "event", "label", "scope", .. ObjectTypes]);

    public bool Passes(EngineEvent happened)
        => _filters.MatchesExactly("type", happened.Type)
            && _filters.MatchesExactly("event", happened.Action, happened.Action.Split(':')[0])   // "exec_start: ls" is also an "exec_start"
            && _filters.MatchesExactly("scope", "local")
            && _filters.MatchesLabels("label", happened.Attributes)
            && ObjectTypes.All(type => IsAbout(type, happened));

    private bool IsAbout(string type, EngineEvent happened)
        => _filters[type].Count == 0
            || (happened.Type == type
                && _filters.MatchesBeginning(type, happened.ActorId, happened.Attributes.GetValueOrDefault("name") ?? string.Empty));
}

using MiniRuntime.Engine;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Api;

/// <summary>Which networks <c>docker network ls --filter</c> shows.</summary>
internal sealed class NetworkFilter(string? text)
{
    private readonly Filters _filters = Filters.Parse(text, "dangling", "driver", "id", "label", "name", "scope", "type");

    public bool Passes(EngineNetwork network, RuntimeEngine engine)
        => _filters.MatchesPattern("name", network.Name)
            && _filters.MatchesPattern("id", network.Id)
            && _filters.MatchesExactly("driver", network.Driver)
            && _filters.MatchesExactly("scope", network.Scope)
            && _filters.MatchesLabels("label", network.Labels)
            && (_filters["type"].Count == 0 || _filters["type"].Any(type => IsOfType(network, type)))
            && (_filters.Flag("dangling") is not { } dangling || dangling == (!network.IsBuiltIn && engine.Containers.On(network).Count == 0));

    private static bool IsOfType(EngineNetwork network, string type) => type switch
    {
        "builtin" => network.IsBuiltIn,
        "custom" => !network.IsBuiltIn,
        _ => throw EngineException.BadRequest($"invalid filter 'type={type}'"),
    };
}

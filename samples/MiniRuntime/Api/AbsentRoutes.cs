using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api;

/// <summary>What clients ask for and this engine has none of: volumes, plugins, a swarm. The answers are those of a dockerd without them.</summary>
internal static class AbsentRoutes
{
    private static readonly string[] SwarmOnly = ["swarm", "nodes", "services", "tasks", "secrets", "configs"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/volumes", () => new VolumesMessage());
        routes.MapGet("/volumes/{name}", object (string name) => throw EngineException.NotFound($"get {name}: no such volume"));
        routes.MapPost("/volumes/create", object () => throw EngineException.NotImplemented("this engine has no volumes"));
        routes.MapPost("/volumes/prune", () => new NothingPrunedMessage());
        routes.MapPost("/build/prune", () => new NothingPrunedMessage());
        routes.MapGet("/plugins", IReadOnlyList<EmptyObject> () => []);
        routes.MapGet("/plugins/{name}/json", object (string name) => throw EngineException.NotFound($"plugin \"{name}\" not found"));
        foreach (string resource in SwarmOnly)
        {
            routes.Map($"/{resource}/{{**rest}}", object () => throw EngineException.NotASwarmManager());
        }
    }
}

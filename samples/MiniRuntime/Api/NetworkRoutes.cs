using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Networks;

namespace MiniRuntime.Api;

/// <summary>Networks, and containers' places on them.</summary>
internal static class NetworkRoutes
{
    public static void Map(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        routes.MapGet("/networks", (string? filters) => List(engine, new NetworkFilter(filters)));
        routes.MapPost("/networks/create", (HttpContext context) => CreateAsync(context, engine));
        routes.MapPost("/networks/prune", (HttpContext context, string? filters) => NetworkPrune.RunAsync(engine, filters, context.RequestAborted));
        routes.MapGet("/networks/{name}", (string name, string? scope) => Inspect(engine, name, scope));
        routes.MapDelete("/networks/{name}", (HttpContext context, string name) => DeleteAsync(context, engine, name));
        routes.MapPost("/networks/{name}/connect", (HttpContext context, string name) => ConnectAsync(context, engine, name));
        routes.MapPost("/networks/{name}/disconnect", (HttpContext context, string name) => DisconnectAsync(context, engine, name));
    }

    private static IReadOnlyList<NetworkMessage> List(RuntimeEngine engine, NetworkFilter filter)
        => [.. engine.Networks.List().Where(network => filter.Passes(network, engine)).Select(network => NetworkMessage.Of(network, []))];

    private static NetworkMessage Inspect(RuntimeEngine engine, string name, string? scope)
    {
        EngineNetwork network = engine.Networks.Get(name);
        return string.IsNullOrEmpty(scope) || scope == network.Scope
            ? NetworkMessage.Of(network, engine.Containers.On(network))
            : throw EngineException.NotFound($"network {name} not found");
    }

    private static async Task CreateAsync(HttpContext context, RuntimeEngine engine)
    {
        NetworkRequest request = await ApiJson.ReadAsync<NetworkRequest>(context);
        EngineNetwork network = await engine.Networks.CreateAsync(request, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsJsonAsync(new NetworkCreatedMessage(network.Id), ApiJson.Options, ApiJson.ContentType, context.RequestAborted);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, RuntimeEngine engine, string name)
    {
        await engine.Networks.DeleteAsync(name, context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task ConnectAsync(HttpContext context, RuntimeEngine engine, string name)
    {
        NetworkConnectRequest request = await ApiJson.ReadAsync<NetworkConnectRequest>(context);
        await engine.Containers.ConnectAsync(engine.Networks.Get(name), Named(request.Container), request.EndpointConfig, context.RequestAborted);
    }

    private static async Task DisconnectAsync(HttpContext context, RuntimeEngine engine, string name)
    {
        NetworkDisconnectRequest request = await ApiJson.ReadAsync<NetworkDisconnectRequest>(context);
        await engine.Containers.DisconnectAsync(engine.Networks.Get(name), Named(request.Container), request.Force, context.RequestAborted);
    }

    private static string Named(string? container)
        => string.IsNullOrEmpty(container) ? throw EngineException.BadRequest("no container is named") : container;
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;
using MiniRuntime.Engine.Model;

namespace MiniRuntime.Api;

/// <summary>Containers: what they are, and their lives.</summary>
internal static class ContainerRoutes
{
    public static void Map(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        routes.MapGet("/containers/json", (HttpContext context, string? filters) => List(context.Request, engine, filters));
        routes.MapPost("/containers/create", (HttpContext context, string? name) => CreateAsync(context, engine, name));
        routes.MapPost("/containers/prune", (HttpContext context, string? filters) => ContainerPrune.RunAsync(engine, filters, context.RequestAborted));
        routes.MapGet("/containers/{id}/json", (string id) => ContainerViews.Details(engine.Containers.Get(id)));
        routes.MapGet("/containers/{id}/top", (string id) => ContainerProcesses.List(engine.Containers.Get(id)));
        routes.MapPost("/containers/{id}/start", (HttpContext context, string id) => StartAsync(context, engine.Containers.Get(id)));
        routes.MapPost("/containers/{id}/stop", (HttpContext context, string id) => StopAsync(context, engine.Containers.Get(id)));
        routes.MapPost("/containers/{id}/restart", (HttpContext context, string id) => RestartAsync(context, engine.Containers.Get(id)));
        routes.MapPost("/containers/{id}/kill", (HttpContext context, string id) => KillAsync(context, engine.Containers.Get(id)));
        routes.MapPost("/containers/{id}/rename", (HttpContext context, string id) => RenameAsync(context, engine, id));
        routes.MapPost("/containers/{id}/wait", (HttpContext context, string id) => WaitAsync(context, engine.Containers.Get(id)));
        routes.MapDelete("/containers/{id}", (HttpContext context, string id) => RemoveAsync(context, engine.Containers.Get(id)));
    }

    private static IReadOnlyList<ContainerSummaryMessage> List(HttpRequest request, RuntimeEngine engine, string? filters)
    {
        DateTimeOffset now = engine.Time.GetUtcNow();
        ContainerSelection selection = new(engine, filters, request.Flag("all"), request.Number("limit"));
        return [.. selection.Select().Select(container => ContainerViews.Summary(container.Record, now))];
    }

    private static async Task CreateAsync(HttpContext context, RuntimeEngine engine, string? name)
    {
        CreateContainerMessage asked = await ApiJson.ReadAsync<CreateContainerMessage>(context);
        (Container container, IReadOnlyList<string> warnings) = engine.Containers.Create(
            name, asked, asked.HostConfig ?? new HostConfig(), asked.NetworkingConfig?.EndpointsConfig ?? new Dictionary<string, EndpointSettings?>());
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsJsonAsync(new ContainerCreatedMessage(container.Id, warnings), ApiJson.Options, context.RequestAborted);
    }

    private static async Task<IResult> StartAsync(HttpContext context, Container container)
        => Changed(await container.StartAsync(context.RequestAborted));

    private static async Task<IResult> StopAsync(HttpContext context, Container container)
        => Changed(await container.StopAsync(context.Request.Text("signal"), Patience(context.Request), context.RequestAborted));

    private static async Task<IResult> RestartAsync(HttpContext context, Container container)
    {
        await container.RestartAsync(context.Request.Text("signal"), Patience(context.Request), context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> KillAsync(HttpContext context, Container container)
    {
        await container.KillAsync(SignalNumber.Parse(context.Request.Text("signal") ?? "KILL"), context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> RenameAsync(HttpContext context, RuntimeEngine engine, string id)
    {
        string name = context.Request.Text("name") ?? throw EngineException.BadRequest("Neither old nor new names may be empty");
        await engine.Containers.RenameAsync(engine.Containers.Get(id), name, context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, Container container)
    {
        if (context.Request.Flag("link"))
        {
            throw EngineException.BadRequest("links are not supported");
        }

        await container.RemoveAsync(context.Request.Flag("force"), context.RequestAborted);
        return TypedResults.NoContent();
    }

    // The client starts the container when it sees the headers, and must not miss the exit.
    private static async Task WaitAsync(HttpContext context, Container container)
    {
        Task<int> end = context.Request.Text("condition") switch
        {
            null or "not-running" => container.IsRunning ? container.NextExit : Task.FromResult(container.Record.ExitCode),
            "next-exit" => container.NextExit,
            "removed" => container.Removed,
            string other => throw EngineException.BadRequest($"invalid condition: \"{other}\""),
        };
        context.Response.ContentType = "application/json";
        await context.Response.Body.FlushAsync(context.RequestAborted);
        WaitMessage message = new(await end.WaitAsync(context.RequestAborted));
        await JsonSerializer.SerializeAsync(
            context.Response.Body, message, (JsonTypeInfo<WaitMessage>)ApiJson.Options.GetTypeInfo(typeof(WaitMessage)), context.RequestAborted);
    }

    private static TimeSpan? Patience(HttpRequest request) => request.Number("t") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static IResult Changed(bool changed)
        => changed ? TypedResults.NoContent() : TypedResults.StatusCode(StatusCodes.Status304NotModified);
}

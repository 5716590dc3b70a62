using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MiniRuntime.Api.Streams;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Api;

/// <summary>What containers print and read: logs, attach and the terminal's size.</summary>
internal static class StreamRoutes
{
    public static void Map(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        routes.MapGet("/containers/{id}/logs", (HttpContext context, string id) => LogsAsync(context, engine.Containers.Get(id)));
        routes.MapPost("/containers/{id}/attach", (HttpContext context, string id) => AttachAsync(context, engine.Containers.Get(id)));
        routes.MapPost("/containers/{id}/resize", (HttpContext context, string id) => Resize(context.Request, engine.Containers.Get(id)));
    }

    private static async Task LogsAsync(HttpContext context, Container container)
    {
        HttpRequest request = context.Request;
        (bool output, bool error) = (request.Flag("stdout"), request.Flag("stderr"));
        if (!output && !error)
        {
            throw EngineException.BadRequest("Bad parameters: you must choose at least one stream");
        }

        int? tail = request.Text("tail") is null or "all" ? null : request.Number("tail");
        Task ended = container.Process?.Exited ?? Task.CompletedTask;
        IAsyncEnumerable<OutputChunk> log = container.Log.ReadAsync(tail < 0 ? null : tail, request.Flag("follow"), ended, context.RequestAborted);
        using AttachedClient client = await AttachedClient.AcceptAsync(context, framed: !container.Record.Config.Tty);
        await client.WriteAsync(log, output, error);
    }

    private static async Task AttachAsync(HttpContext context, Container container)
    {
        HttpRequest request = context.Request;
        (bool logs, bool follow) = (request.Flag("logs"), request.Flag("stream"));

        // Begun before the client is answered: it starts the container then, and must not miss the first line.
        using IProcessStreams streams = await container.AttachAsync(context.RequestAborted);
        IAsyncEnumerable<OutputChunk> output = logs || !follow
            ? container.Log.ReadAsync(logs ? null : 0, follow, container.NextExit, CancellationToken.None)
            : streams.ReadAsync(CancellationToken.None);
        using AttachedClient client = await AttachedClient.AcceptAsync(context, framed: !container.Record.Config.Tty);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(client.Gone);
        Task reading = client.ReadAsync(request.Flag("stdin") && follow ? streams : null, done.Token);
        await client.WriteAsync(output, request.Flag("stdout"), request.Flag("stderr"));
        await done.CancelAsync();
        await reading;
    }

    private static void Resize(HttpRequest request, Container container)
    {
        RunningProcess process = container.Process ?? throw EngineException.Conflict($"container {container.Id} is not running");
        process.Resize(request.Number("h") ?? 0, request.Number("w") ?? 0);
    }
}

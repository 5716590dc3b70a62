using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MiniRuntime.Api.Messages;
using MiniRuntime.Api.Streams;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Containers;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Api;

/// <summary>Further programs in running containers (<c>docker exec</c>).</summary>
internal static class ExecRoutes
{
    public static void Map(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        routes.MapPost("/containers/{id}/exec", (HttpContext context, string id) => CreateAsync(context, engine, id));
        routes.MapPost("/exec/{id}/start", (HttpContext context, string id) => StartAsync(context, engine, engine.Containers.Execs.Get(id)));
        routes.MapPost("/exec/{id}/resize", (HttpContext context, string id) => Resize(context.Request, engine.Containers.Execs.Get(id)));
        routes.MapGet("/exec/{id}/json", (string id) => Inspect(engine.Containers.Execs.Get(id)));
    }

    private static async Task CreateAsync(HttpContext context, RuntimeEngine engine, string id)
    {
        Container container = engine.Containers.Get(id);
        CreateExecMessage asked = await ApiJson.ReadAsync<CreateExecMessage>(context);
        ExecInstance exec = engine.Containers.Execs.Create(container, new ExecSpec
        {
            Command = asked.Cmd ?? [],
            Environment = [.. container.Record.Config.Env ?? [], .. asked.Env ?? []],
            WorkingDirectory = asked.WorkingDir is { Length: > 0 } directory ? directory : container.Record.Config.WorkingDir,
            User = asked.User is { Length: > 0 } user ? user : container.Record.Config.User,
            Terminal = asked.Tty,
            OpenInput = asked.AttachStdin,
            Privileged = asked.Privileged,
        });
        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteAsJsonAsync(new ExecCreatedMessage(exec.Id), ApiJson.Options, context.RequestAborted);
    }

    private static async Task StartAsync(HttpContext context, RuntimeEngine engine, ExecInstance exec)
    {
        StartExecMessage asked = await ApiJson.ReadAsync<StartExecMessage>(context);
        RunningProcess container = exec.Claim();
        if (asked.Detach)
        {
            ExecProcess detached = await engine.Containers.Execs.StartAsync(exec, container);
            _ = exec.FinishAsync(detached);
            return;
        }

        using AttachedClient client = await AttachedClient.AcceptAsync(context, framed: !exec.Spec.Terminal);
        ExecProcess process;
        try
        {
            process = await engine.Containers.Execs.StartAsync(exec, container);
        }
        catch (EngineException exception)
        {
            // The answer has begun: what would be its message goes where the program's output would.
            await client.WriteAsync(new OutputChunk(IsError: false, Encoding.UTF8.GetBytes(exception.Message + "\r\n")));
            return;
        }

        if (asked.ConsoleSize is [int rows, int columns])
        {
            process.Streams.Resize(rows, columns);
        }

        await AttachAsync(exec, process, client);
    }

    private static async Task AttachAsync(ExecInstance exec, ExecProcess process, AttachedClient client)
    {
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(client.Gone);
        Task reading = client.ReadAsync(exec.Spec.OpenInput ? process.Streams : null, done.Token);
        await client.WriteAsync(process.Streams.ReadAsync(client.Gone), standardOutput: true, standardError: true);

        // Not before the last word: finishing closes the streams. A program whose client has left goes on to its own end.
        Task finished = exec.FinishAsync(process);
        if (!client.Gone.IsCancellationRequested)
        {
            await finished;   // the client asks for the exit code as soon as the stream ends
        }

        await done.CancelAsync();
        await reading;
    }

    private static void Resize(HttpRequest request, ExecInstance exec)
    {
        ExecProcess process = exec.Process ?? throw EngineException.Conflict($"exec {exec.Id} is not running");
        process.Streams.Resize(request.Number("h") ?? 0, request.Number("w") ?? 0);
    }

    private static ExecMessage Inspect(ExecInstance exec) => new()
    {
        ID = exec.Id,
        Running = exec.IsRunning,
        ExitCode = exec.ExitCode,
        ProcessConfig = new ExecProcessMessage
        {
            Terminal = exec.Spec.Terminal,
            Program = exec.Spec.Command[0],
            Arguments = [.. exec.Spec.Command.Skip(1)],
            Privileged = exec.Spec.Privileged,
            User = exec.Spec.User,
        },
        OpenStdin = exec.Spec.OpenInput,
        ContainerID = exec.Container.Id,
        Pid = exec.Process?.Id ?? 0,
    };
}

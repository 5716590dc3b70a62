using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Events;

namespace MiniRuntime.Api;

/// <summary><c>docker events</c>: a stream that goes on until the client leaves, the time it named has come, or the engine stops.</summary>
internal static class EventRoutes
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(40);

    public static void Map(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        IHostApplicationLifetime lifetime = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        routes.MapGet("/events", (HttpContext context, string? since, string? until, string? filters)
            => StreamAsync(context, engine, since, until, new EventFilter(filters), lifetime.ApplicationStopping));
    }

    private static async Task StreamAsync(
        HttpContext context, RuntimeEngine engine, string? since, string? until, EventFilter filter, CancellationToken stopping)
    {
        DateTimeOffset now = engine.Time.GetUtcNow();
        DateTimeOffset? end = Timestamps.Parse(until, now);
        DateTimeOffset? start = Timestamps.Parse(since, now) ?? (end is null ? null : DateTimeOffset.MinValue);
        using EventListener listener = engine.Events.Listen(start);
        context.Response.ContentType = ApiJson.ContentType;
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);   // now the client knows that it is being told

        foreach (EngineEvent happened in listener.Past.Where(happened => !(happened.Time > end) && filter.Passes(happened)))
        {
            await ApiJson.WriteLineAsync(context, EventMessage.Of(happened), context.RequestAborted);
        }

        if (end - now <= TimeSpan.Zero)
        {
            return;
        }

        using CancellationTokenSource timer = new(end - now is { } left && left < LongestTimer ? left : Timeout.InfiniteTimeSpan, engine.Time);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stopping, context.RequestAborted);
        try
        {
            await foreach (EngineEvent happened in listener.ReadAsync(over.Token))
            {
                if (filter.Passes(happened))
                {
                    await ApiJson.WriteLineAsync(context, EventMessage.Of(happened), context.RequestAborted);
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The stream's end is the answer.
        }
    }
}

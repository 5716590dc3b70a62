using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LibNetwork.Plugins.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Plugins;

/// <summary>Maps verbs of one kind of driver to routes: reads requests whole or not at all, and answers as the protocol says.</summary>
/// <remarks>A driver's refusal is an answer with status 200 and a text. 400 and 413 are requests that make no sense, 404 a verb that is not there.</remarks>
internal sealed partial class PluginRoutes(IEndpointRouteBuilder routes, string kind, int maxRequestBytes, Func<CancellationToken, ValueTask> prepare, ILogger logger)
{
    /// <summary>Maps activation. Both kinds of driver may be at one address; either's route says all.</summary>
    /// <param name="order">Different for each kind, so that the routes do not compete.</param>
    public void MapActivation(int order)
    {
        routes.MapPost("/" + PluginVerbs.Activate, static async context =>
        {
            string[] kinds = [.. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
                .Select(static endpoint => endpoint.Metadata.GetMetadata<PluginEndpointKind>()?.Name).OfType<string>().Distinct(StringComparer.Ordinal)];
            await WriteAsync(context, StatusCodes.Status200OK, new ActivateReply { Implements = kinds }, PluginJson.Default.ActivateReply).ConfigureAwait(false);
        }).WithOrder(order).WithMetadata(new PluginEndpointKind(kind));
    }

    /// <summary>Maps a verb.</summary>
    public void Map<TRequest, TReply>(
        string verb, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, Func<TRequest, CancellationToken, ValueTask<TReply>> handle)
        where TRequest : class, new()
        where TReply : Reply
        => routes.MapPost("/" + verb, context => HandleAsync(context, verb, requestType, replyType, handle)).WithMetadata(new PluginEndpointKind(kind));

    /// <summary>Maps a verb that answers only that it is done.</summary>
    public void Map<TRequest>(string verb, JsonTypeInfo<TRequest> requestType, Func<TRequest, CancellationToken, ValueTask> handle)
        where TRequest : class, new()
        => Map(verb, requestType, PluginJson.Default.Reply, async (request, cancellationToken) =>
        {
            await handle(request, cancellationToken).ConfigureAwait(false);
            return new Reply();
        });

    private async Task HandleAsync<TRequest, TReply>(
        HttpContext context, string verb, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, Func<TRequest, CancellationToken, ValueTask<TReply>> handle)
        where TRequest : class, new()
        where TReply : Reply
    {
        if (await ReadAsync(context, verb, requestType).ConfigureAwait(false) is not { } request)
        {
            return;
        }

        TReply reply;
        try
        {
            await prepare(context.RequestAborted).ConfigureAwait(false);
            reply = await handle(request, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;   // nobody waits for the answer
        }
        catch (Exception failure)
        {
            await RefuseAsync(context, verb, failure).ConfigureAwait(false);
            return;
        }

        await WriteAsync(context, StatusCodes.Status200OK, reply, replyType).ConfigureAwait(false);
    }

    /// <returns><see langword="null"/> when the request was answered, because it makes no sense.</returns>
    private async ValueTask<TRequest?> ReadAsync<TRequest>(HttpContext context, string verb, JsonTypeInfo<TRequest> requestType)
        where TRequest : class, new()
    {
        const int Piece = 4096;
        ArrayBufferWriter<byte> body = new(Piece);
        for (int read = 1; read > 0;)
        {
            read = await context.Request.Body.ReadAsync(body.GetMemory(Piece), context.RequestAborted).ConfigureAwait(false);
            body.Advance(read);
            if (body.WrittenCount > maxRequestBytes)
            {
                await RefuseAsync(context, verb, StatusCodes.Status413PayloadTooLarge, $"{verb}: the request has more than {maxRequestBytes} bytes").ConfigureAwait(false);
                return null;
            }
        }

        try
        {
            return body.WrittenCount == 0 ? new TRequest() : JsonSerializer.Deserialize(body.WrittenSpan, requestType) ?? new TRequest();
        }
        catch (JsonException exception)
        {
            await RefuseAsync(context, verb, StatusCodes.Status400BadRequest, $"{verb}: the request is not what the protocol says: {exception.Message}").ConfigureAwait(false);
            return null;
        }
    }

    private Task RefuseAsync(HttpContext context, string verb, int status, string problem)
    {
        Log.RequestUnreadable(logger, verb, problem);
        return WriteAsync(context, status, new Reply { Err = problem, Error = problem, Kind = nameof(NetworkErrorKind.InvalidArgument) }, PluginJson.Default.Reply);
    }

    private Task RefuseAsync(HttpContext context, string verb, Exception failure)
    {
        NetworkErrorKind reason = (failure as NetworkException)?.Kind ?? NetworkErrorKind.Internal;
        if (failure is NetworkException)
        {
            Log.VerbRefused(logger, verb, failure.Message);
        }
        else
        {
            Log.VerbFailed(logger, failure, verb);
        }

        // Network and IPAM drivers have different names for it; each caller looks for its own.
        return WriteAsync(
            context, StatusCodes.Status200OK, new Reply { Err = failure.Message, Error = failure.Message, Kind = reason.ToString() }, PluginJson.Default.Reply);
    }

    private static async Task WriteAsync<TReply>(HttpContext context, int status, TReply reply, JsonTypeInfo<TReply> type)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(reply, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = PluginVerbs.MediaType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.VerbRefused, LogLevel.Information, "{Verb} is refused: {Problem}", EventName = nameof(VerbRefused))]
        public static partial void VerbRefused(ILogger logger, string verb, string problem);

        [LoggerMessage(EventIds.VerbFailed, LogLevel.Error, "{Verb} failed.", EventName = nameof(VerbFailed))]
        public static partial void VerbFailed(ILogger logger, Exception exception, string verb);

        [LoggerMessage(EventIds.RequestUnreadable, LogLevel.Warning, "A request cannot be read. {Problem} ({Verb})", EventName = nameof(RequestUnreadable))]
        public static partial void RequestUnreadable(ILogger logger, string verb, string problem);
    }
}

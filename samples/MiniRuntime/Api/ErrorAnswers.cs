using LibNetwork;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>Answers failures as dockerd does: a status and <c>{"message": "..."}</c>.</summary>
internal sealed partial class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed })
            {
                await AnswerAsync(context, StatusCodes.Status404NotFound, "page not found");   // nothing is mapped there
            }
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            LogClientLeft(logger, context.Request.Method, context.Request.Path, exception.Message);   // there is nobody to answer
        }
        catch (Exception exception) when (context.Response.HasStarted)
        {
            LogBrokenStream(logger, exception, context.Request.Method, context.Request.Path);
            context.Abort();   // a stream that ends without its end is the only way left to say it
        }
        catch (Exception exception)
        {
            (int status, string message) = Describe(exception);
            if (status >= StatusCodes.Status500InternalServerError && exception is not EngineException)   // those are answers, not failures
            {
                LogFailure(logger, exception, context.Request.Method, context.Request.Path);
            }

            await AnswerAsync(context, status, message);
        }
    }

    private static (int Status, string Message) Describe(Exception exception) => exception switch
    {
        EngineException refused => (refused.Status, refused.Message),
        NetworkException refused => (StatusOf(refused.Kind), refused.Message),
        BadHttpRequestException malformed => (malformed.StatusCode, malformed.InnerException?.Message ?? malformed.Message),
        OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "the engine is stopping"),
        AggregateException several => (StatusCodes.Status500InternalServerError, string.Join("; ", several.InnerExceptions.Select(inner => inner.Message))),
        _ => (StatusCodes.Status500InternalServerError, exception.Message),
    };

    private static int StatusOf(NetworkErrorKind kind) => kind switch
    {
        NetworkErrorKind.InvalidArgument => StatusCodes.Status400BadRequest,
        NetworkErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        NetworkErrorKind.NotFound => StatusCodes.Status404NotFound,
        NetworkErrorKind.Conflict => StatusCodes.Status409Conflict,
        NetworkErrorKind.NotSupported => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Task AnswerAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ErrorMessage(message), ApiJson.Options, ApiJson.ContentType, context.RequestAborted);
    }

    [LoggerMessage(1, LogLevel.Debug, "{Method} {Path}: the client left ({Reason}).")]
    private static partial void LogClientLeft(ILogger logger, string method, PathString path, string reason);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} failed in mid-stream.")]
    private static partial void LogBrokenStream(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(3, LogLevel.Error, "{Method} {Path} failed.")]
    private static partial void LogFailure(ILogger logger, Exception exception, string method, PathString path);
}

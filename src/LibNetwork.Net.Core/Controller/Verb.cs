using LibNetwork.Linux;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Controller;

/// <summary>Runs a verb so that it happens wholly or leaves nothing, and so that its errors speak of the model's objects.</summary>
internal static partial class Verb
{
    public static async Task<TResult> RunAsync<TResult>(string subject, ILogger logger, Func<UndoStack, Task<TResult>> steps)
    {
        UndoStack undo = new();
        try
        {
            return await steps(undo).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
            {
                Log.RollBackFailed(logger, failure, subject);
            }

            if (exception is KernelException refused)
            {
                throw KernelErrors.Translate(subject, refused);
            }

            if (exception is NetworkException or OperationCanceledException or ArgumentException or ObjectDisposedException)
            {
                throw;
            }

            throw new NetworkException(NetworkErrorKind.Internal, subject, exception.Message, exception);
        }
    }

    /// <summary>Runs the steps of a teardown, all of them, and throws at the end what went wrong.</summary>
    public static async Task TearDownAsync(string subject, params IReadOnlyList<Func<ValueTask>> steps)
    {
        List<Exception>? failures = null;
        foreach (Func<ValueTask> step in steps)
        {
            try
            {
                await step().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(exception is KernelException refused ? KernelErrors.Translate(subject, refused) : exception);
            }
        }

        if (failures is not null)
        {
            throw new AggregateException($"{subject}: not everything could be removed.", failures);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RollBackFailed, LogLevel.Error, "A step of rolling back {Subject} failed.", EventName = nameof(RollBackFailed))]
        public static partial void RollBackFailed(ILogger logger, Exception exception, string subject);
    }
}

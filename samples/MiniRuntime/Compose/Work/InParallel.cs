namespace MiniRuntime.Compose.Work;

/// <summary>Does the same with many objects at a time. All are tried; then the failures are thrown together.</summary>
internal static class InParallel
{
    private const int AtATime = 16;

    /// <exception cref="AggregateException">Some failed.</exception>
    public static async Task RunAsync<T>(IEnumerable<T> objects, Func<T, Task> action)
    {
        using SemaphoreSlim turns = new(AtATime);
        Task all = Task.WhenAll(objects.Select(async item =>
        {
            await turns.WaitAsync();
            try
            {
                await action(item);
            }
            finally
            {
                turns.Release();
            }
        }).ToArray());
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (all.Exception is { } failures)
        {
            throw failures;
        }

        await all;   // throws when nothing failed and something was cancelled
    }
}

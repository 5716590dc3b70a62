namespace MiniRuntime.Compose.Work;

/// <summary>The opposites of what has been done. Thread safe.</summary>
internal sealed class UndoStack
{
    private readonly Lock _gate = new();
    private readonly Stack<Func<Task>> _steps = new();

    public void Push(Func<Task> opposite)
    {
        lock (_gate)
        {
            _steps.Push(opposite);
        }
    }

    /// <summary>Undoes all in reverse order, and goes on after an error.</summary>
    /// <returns>What could not be undone.</returns>
    public async Task<IReadOnlyList<Exception>> UndoAsync()
    {
        List<Exception> failures = [];
        while (_steps.TryPop(out Func<Task>? opposite))
        {
            try
            {
                await opposite();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        return failures;
    }
}

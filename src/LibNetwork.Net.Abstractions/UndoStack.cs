namespace LibNetwork;

/// <summary>The steps that take back what a verb has done so far. Not thread safe.</summary>
/// <remarks>
/// Push a step right after the act that it takes back. When the verb has succeeded, forget the stack; when it fails, await
/// <see cref="RollBackAsync"/>: it runs the steps in reverse order, all of them, and never throws.
/// </remarks>
public sealed class UndoStack
{
    private readonly Stack<Func<ValueTask>> _steps = new();

    /// <summary>Adds a step. It must not depend on the verb's cancellation token.</summary>
    public void Push(Func<ValueTask> step) => _steps.Push(step);

    /// <summary>Adds a step.</summary>
    public void Push(Action step)
        => _steps.Push(() =>
        {
            step();
            return ValueTask.CompletedTask;
        });

    /// <summary>Runs the steps, the last first.</summary>
    /// <returns>What went wrong on the way, for the log; empty when everything was taken back.</returns>
    public async ValueTask<IReadOnlyList<Exception>> RollBackAsync()
    {
        List<Exception>? failures = null;
        while (_steps.TryPop(out Func<ValueTask>? step))
        {
            try
            {
                await step().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(exception);
            }
        }

        return failures ?? [];
    }
}

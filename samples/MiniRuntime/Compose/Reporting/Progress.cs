using System.Diagnostics;

namespace MiniRuntime.Compose.Reporting;

/// <summary>What is being done, with what, and how long it takes: one row for each object. Thread safe.</summary>
internal sealed class Progress(ProgressView view)
{
    private readonly Lock _gate = new();
    private readonly List<ProgressRow> _rows = [];

    /// <summary>Shows the progress for as long as the work goes on.</summary>
    public Task ShowAsync(Func<Task> work) => view.ShowAsync(Rows, work);

    /// <summary>Does one step with an object. What goes wrong is shown, and thrown on.</summary>
    /// <param name="subject">For example <c>Network shop_front</c>.</param>
    /// <param name="doing">For example <c>Creating</c>.</param>
    /// <param name="done">For example <c>Created</c>.</param>
    /// <param name="step">What is to be done.</param>
    public async Task<T> StepAsync<T>(string subject, string doing, string done, Func<Task<T>> step)
    {
        Show(subject, doing, isOver: false);
        try
        {
            T result = await step();
            Show(subject, done, isOver: true);
            return result;
        }
        catch (Exception exception)
        {
            Show(subject, exception is OperationCanceledException ? "Interrupted" : $"Error: {exception.Message}", isOver: true, hasFailed: true);
            throw;
        }
    }

    /// <summary>Does one step that has no result.</summary>
    public Task StepAsync(string subject, string doing, string done, Func<Task> step)
        => StepAsync(subject, doing, done, async () =>
        {
            await step();
            return true;
        });

    /// <summary>Shows an object with which nothing has to be done.</summary>
    public void Is(string subject, string state) => Show(subject, state, isOver: true);

    private IReadOnlyList<ProgressRow> Rows()
    {
        lock (_gate)
        {
            return [.. _rows];
        }
    }

    private void Show(string subject, string state, bool isOver, bool hasFailed = false)
    {
        lock (_gate)
        {
            int index = _rows.FindIndex(row => row.Subject == subject);
            TimeSpan took = index < 0 ? TimeSpan.Zero : _rows[index].Elapsed;
            ProgressRow row = new(subject, state, took, isOver ? null : Stopwatch.GetTimestamp(), hasFailed);
            if (index < 0)
            {
                _rows.Add(row);
            }
            else
            {
                _rows[index] = row;
            }

            view.OnChanged(row);
        }
    }
}

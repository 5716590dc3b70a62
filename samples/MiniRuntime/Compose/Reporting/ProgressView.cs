using Spectre.Console;

namespace MiniRuntime.Compose.Reporting;

/// <summary>How progress is shown.</summary>
internal abstract class ProgressView
{
    /// <summary>A live table on a terminal; plain lines in a pipe or a file.</summary>
    public static ProgressView ForThisConsole()
        => AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new LiveView() : new LinesView(Console.Out);

    /// <summary>Shows the rows for as long as the work goes on.</summary>
    public abstract Task ShowAsync(Func<IReadOnlyList<ProgressRow>> rows, Func<Task> work);

    /// <summary>A row is new or has changed. Called by one at a time.</summary>
    public abstract void OnChanged(ProgressRow row);
}

using Spectre.Console;

namespace MiniRuntime.Demo.Reporting;

/// <summary>How a report is shown while it grows.</summary>
internal abstract class ReportView
{
    /// <summary>A live table on a terminal; plain lines in a pipe or a file, or when something else prints in between.</summary>
    public static ReportView ForThisConsole(bool allowTable)
        => allowTable && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new TableView() : new LinesView();

    /// <summary>Shows the rows for as long as the demo plays.</summary>
    public abstract Task ShowAsync(IReadOnlyList<Row> rows, Func<Task> play);

    /// <summary>The last row is new, or has its result now.</summary>
    public abstract void OnChanged(IReadOnlyList<Row> rows);
}

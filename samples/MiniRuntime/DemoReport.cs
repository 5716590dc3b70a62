using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MiniRuntime;

/// <summary>What was tried, what was expected, what happened, how long it took: a live table on a terminal, lines elsewhere.</summary>
internal sealed class DemoReport(bool isLive)
{
    private const int TriedWidth = 46;
    private const int ExpectedWidth = 36;

    private readonly bool _isLive = isLive && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
    private readonly List<DemoRow> _rows = [];
    private readonly List<string> _notes = [];
    private LiveDisplayContext? _live;

    /// <summary>How many claims did not hold.</summary>
    public int Differences => _rows.Count(row => row.Differs);

    private int Claims => _rows.Count(row => row.Happened is not null);

    /// <summary>Runs the demo with the table on the screen.</summary>
    public async Task ShowAsync(Func<Task> play)
    {
        if (!_isLive)
        {
            await play();
            return;
        }

        try
        {
            await AnsiConsole.Live(Render()).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(async live =>
            {
                _live = live;
                await play();
            });
        }
        finally
        {
            AnsiConsole.Write(Render());   // the live one may have been cut at the screen's edge
        }
    }

    /// <summary>Begins a group of claims.</summary>
    public void Section(string title)
    {
        _rows.Add(new DemoRow(title));
        Refresh(_rows[^1]);
    }

    /// <summary>Tries something and compares what happened with what is expected. A failure is what happened.</summary>
    public async Task CheckAsync(string tried, string expected, Func<Task<string>> look)
    {
        DemoRow row = new(tried) { Expected = expected };
        _rows.Add(row);
        _live?.UpdateTarget(Render());
        long begun = Stopwatch.GetTimestamp();
        try
        {
            row.Happened = await look();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            row.Happened = $"{exception.GetType().Name}: {exception.Message}";
        }

        row.Took = Stopwatch.GetElapsedTime(begun);
        Refresh(row);
    }

    /// <summary>Adds a line below the table.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>Says how it went.</summary>
    public void PrintVerdict(string? interruption = null)
    {
        foreach (string note in _notes)
        {
            Console.WriteLine(note);
        }

        string verdict = Differences == 0 ? $"All {Claims} claims held." : $"{Differences} of {Claims} claims did NOT hold.";
        AnsiConsole.MarkupLineInterpolated($"[{(Differences == 0 ? "green" : "red")}]{interruption} {verdict}[/]");
    }

    private void Refresh(DemoRow row)
    {
        if (_live is not null)
        {
            _live.UpdateTarget(Render());
        }
        else if (!_isLive)
        {
            Console.WriteLine(row.Expected is null
                ? $"{Environment.NewLine}{row.Tried}"
                : $"{(row.Differs ? "FAIL" : " ok ")} {row.Tried,-TriedWidth} {row.Expected,-ExpectedWidth} {row.Took.TotalMilliseconds,6:0} ms"
                    + (row.Differs ? $"{Environment.NewLine}     instead: {row.Happened}" : string.Empty));
        }
    }

    private Table Render()
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("Tried", "Expected", "Happened").AddColumn(new TableColumn("Took").RightAligned());
        foreach (DemoRow row in _rows)
        {
            string colour = row.Happened is null ? "grey" : row.Differs ? "red" : "green";
            IRenderable[] cells = row.Expected is null
                ? [new Text(string.Empty), new Text(string.Empty), new Text(string.Empty), new Text(string.Empty)]
                : [new Text(row.Tried), new Text(row.Expected), new Text(row.Happened ?? "…", Style.Parse(colour)), new Text($"{row.Took.TotalMilliseconds:0} ms")];
            if (row.Expected is null)
            {
                cells[0] = new Text(row.Tried, Style.Parse("bold"));
            }

            table.AddRow(cells);
        }

        return table;
    }
}

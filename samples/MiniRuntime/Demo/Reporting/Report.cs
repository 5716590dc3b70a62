using System.Diagnostics;
using Spectre.Console;

namespace MiniRuntime.Demo.Reporting;

/// <summary>What was tried, what was expected, what happened, and how long it took.</summary>
internal sealed class Report(ReportView view)
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>How many claims did not hold.</summary>
    public int Differences => _rows.Count(row => row.Differs);

    private int Claims => _rows.Count(row => row.Happened is not null);

    /// <summary>Shows the report for as long as the demo plays.</summary>
    public Task ShowAsync(Func<Task> play) => view.ShowAsync(_rows, play);

    /// <summary>Begins a group of claims.</summary>
    public void Section(string title)
    {
        _rows.Add(new Row(title, Expected: null));
        view.OnChanged(_rows);
    }

    /// <summary>Tries something and compares what happened with what is expected. A failure is what happened.</summary>
    public async Task CheckAsync(string tried, string expected, Func<Task<string>> look)
    {
        Row row = new(tried, expected);
        _rows.Add(row);
        view.OnChanged(_rows);
        long begun = Stopwatch.GetTimestamp();
        try
        {
            row.Happened = await look();
        }
        catch (OperationCanceledException)
        {
            _rows.Remove(row);   // neither held nor failed
            throw;
        }
        catch (Exception exception)
        {
            row.Happened = exception.Message;
        }

        row.Took = Stopwatch.GetElapsedTime(begun);
        view.OnChanged(_rows);
    }

    /// <summary>Adds a line below the report.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>Says how it went.</summary>
    public void PrintVerdict(string ending)
    {
        Console.WriteLine();
        foreach (string note in _notes)
        {
            Console.WriteLine(note);
        }

        string verdict = Differences == 0 ? $"All {Claims} claims held." : $"{Differences} of {Claims} claims did NOT hold.";
        AnsiConsole.MarkupLineInterpolated($"{ending} [{(Differences == 0 ? "green" : "red")}]{verdict}[/]");
    }
}

using Spectre.Console;

namespace MiniRuntime.Demo.Reporting;

/// <summary>A table that grows on the terminal. While it grows, as many of its last rows are on the screen as fit; at the end, all.</summary>
internal sealed class TableView : ReportView
{
    private const int LinesAroundRows = 6;   // the table's head and borders, and the cursor's line

    private const int RoomForAll = 112;      // columns; in fewer, what happened as expected is not repeated

    private LiveDisplayContext? _live;

    public override async Task ShowAsync(IReadOnlyList<Row> rows, Func<Task> play)
    {
        try
        {
            await AnsiConsole.Live(Render(rows)).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(live =>
            {
                _live = live;
                return play();
            });
        }
        finally
        {
            _live = null;
            AnsiConsole.Write(Render(rows));
        }
    }

    public override void OnChanged(IReadOnlyList<Row> rows)
        => _live?.UpdateTarget(Render(rows.TakeLast(Math.Max(1, AnsiConsole.Profile.Height - LinesAroundRows))));

    private static Table Render(IEnumerable<Row> rows)
    {
        Table table = new Table().Border(TableBorder.None)
            .AddColumn(Column("Tried")).AddColumn(Column("Expected")).AddColumn(Column("Happened")).AddColumn(Column("Took").RightAligned().NoWrap());
        foreach (Row row in rows)
        {
            if (row.IsTitle)
            {
                table.AddEmptyRow().AddRow(new Text(row.Tried, new Style(decoration: Decoration.Bold)));
            }
            else
            {
                table.AddRow(new Text(row.Tried), new Text(row.Expected!), Result(row), Time(row));   // only titles expect nothing
            }
        }

        return table;
    }

    // No borders and narrow gaps, so that the demo's lines fit into 80 columns.
    private static TableColumn Column(string heading) => new TableColumn($"[grey]{heading}[/]").Padding(left: 0, top: 0, right: 1, bottom: 0);

    private static Text Result(Row row) => row switch
    {
        { Happened: null } => new Text("…", new Style(Color.Grey)),
        { Differs: true } => new Text(row.Happened, new Style(Color.Red)),
        _ => new Text(AnsiConsole.Profile.Width < RoomForAll ? "✔" : row.Happened, new Style(Color.Green)),
    };

    private static Text Time(Row row) => new(row.Happened is null ? string.Empty : $"{row.Took.TotalMilliseconds:0} ms");
}

using Spectre.Console;

namespace MiniRuntime.Compose.Reporting;

/// <summary>A table on the terminal with a line for each object, whose clocks run.</summary>
internal sealed class LiveView : ProgressView
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private const int LinesAroundRows = 2;   // the cursor's line, and one to spare

    public override async Task ShowAsync(Func<IReadOnlyList<ProgressRow>> rows, Func<Task> work)
    {
        try
        {
            await AnsiConsole.Live(Render(rows())).AutoClear(true).StartAsync(async live =>
            {
                Task running = work();
                while (await Task.WhenAny(running, Task.Delay(Tick, CancellationToken.None)) != running)
                {
                    live.UpdateTarget(Render(rows().TakeLast(Math.Max(1, AnsiConsole.Profile.Height - LinesAroundRows))));
                }

                await running;
            });
        }
        finally
        {
            AnsiConsole.Write(Render(rows()));   // all of them, also those that did not fit
        }
    }

    public override void OnChanged(ProgressRow row)
    {
        // Drawn at the next tick.
    }

    private static Grid Render(IEnumerable<ProgressRow> rows)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn().AddColumn(new GridColumn().RightAligned().NoWrap());
        foreach (ProgressRow row in rows)
        {
            Color color = row switch { { HasFailed: true } => Color.Red, { IsUnderWay: true } => Color.Yellow, _ => Color.Green };
            grid.AddRow(new Text(row.Subject), new Text(row.State, new Style(color)), new Text($"{row.Elapsed.TotalSeconds:0.0}s", new Style(Color.Grey)));
        }

        return grid;
    }
}

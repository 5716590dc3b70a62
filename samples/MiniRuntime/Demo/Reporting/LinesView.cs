namespace MiniRuntime.Demo.Reporting;

/// <summary>One line per claim, written when its result is there.</summary>
internal sealed class LinesView : ReportView
{
    private const int TriedWidth = 38;
    private const int HappenedWidth = 34;

    public override Task ShowAsync(IReadOnlyList<Row> rows, Func<Task> play) => play();

    public override void OnChanged(IReadOnlyList<Row> rows)
    {
        if (rows is not [.., { } row])
        {
            return;
        }

        if (row.IsTitle)
        {
            Console.WriteLine($"{Environment.NewLine}{row.Tried}");
        }
        else if (row.Happened is not null)
        {
            Console.WriteLine($"{(row.Differs ? "FAIL" : "  ok")}  {row.Tried,-TriedWidth}  {row.Happened,-HappenedWidth}  {row.Took.TotalMilliseconds,5:0} ms");
            if (row.Differs)
            {
                Console.WriteLine($"      expected: {row.Expected}");
            }
        }
    }
}

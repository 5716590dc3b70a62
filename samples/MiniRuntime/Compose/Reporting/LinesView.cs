namespace MiniRuntime.Compose.Reporting;

/// <summary>One line for each step, when it begins and when it is done.</summary>
internal sealed class LinesView(TextWriter output) : ProgressView
{
    public override Task ShowAsync(Func<IReadOnlyList<ProgressRow>> rows, Func<Task> work) => work();

    public override void OnChanged(ProgressRow row)
        => output.WriteLine(row.IsUnderWay ? $"{row.Subject}  {row.State}" : $"{row.Subject}  {row.State}  {row.Elapsed.TotalSeconds:0.0}s");
}

using System.CommandLine;
using Spectre.Console;

namespace MiniRuntime;

/// <summary><c>demo</c>: builds a world, checks every claim in it with real traffic, and takes it down again.</summary>
internal static class DemoCommand
{
    private const int Differs = 1;
    private const int CannotRun = 2;
    private const int Interrupted = 130;   // what a shell reports for a program that Ctrl-C ended

    public static Command Create()
    {
        Option<bool> keep = new("--keep") { Description = "Leave the world up at the end, and say how to look at it." };
        Option<bool> verbose = new("--verbose") { Description = "Print the library's log and every request to the kernel." };
        Command command = new("demo", "Runs containers on every kind of network and proves what they can reach. Needs root and util-linux.")
        {
            keep, verbose,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(keep), result.GetValue(verbose), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool keep, bool verbose, CancellationToken cancellationToken)
    {
        if (Requirements.Missing() is { } missing)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{missing}[/]");
            return CannotRun;
        }

        DemoReport report = new(isLive: !verbose);
        try
        {
            await report.ShowAsync(() => PlayAsync(report, keep, verbose, cancellationToken));
            report.PrintVerdict();
            return report.Differences == 0 ? 0 : Differs;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report.PrintVerdict("Interrupted.");
            return Interrupted;
        }
    }

    private static async Task PlayAsync(DemoReport report, bool keep, bool verbose, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DemoWorld world = await DemoWorld.CreateAsync();   // some milliseconds; not worth an interruption
        DemoStage stage = new(world, verbose);
        bool stays = false;
        try
        {
            await stage.BuildAsync(report, cancellationToken);
            await new DemoChecks(stage, report, cancellationToken).RunAsync();
            stays = keep;
        }
        finally
        {
            await (stays ? DemoEnding.KeepAsync(stage, report) : DemoEnding.RemoveAsync(stage, report));
        }
    }
}

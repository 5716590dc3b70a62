using System.CommandLine;
using LibNetwork;
using LibNetwork.Linux;
using MiniRuntime.Demo.Checks;
using MiniRuntime.Demo.Reporting;

namespace MiniRuntime.Demo;

/// <summary><c>demo</c>: builds a world, checks every claim in it with real traffic, and takes it down again.</summary>
internal static class DemoCommand
{
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
            await Console.Error.WriteLineAsync(missing);
            return ExitCode.CannotRun;
        }

        Report report = new(ReportView.ForThisConsole(allowTable: !verbose));
        try
        {
            await report.ShowAsync(() => PlayAsync(report, keep, verbose, cancellationToken));
            report.PrintVerdict("Done.");
            return report.Differences == 0 ? ExitCode.Success : ExitCode.Differs;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report.PrintVerdict("Interrupted.");
            return report.Differences == 0 ? ExitCode.Interrupted : ExitCode.Differs;
        }
        catch (Exception exception) when (exception is KernelException or NetworkException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"The demo broke off: {exception.Message}");
            return ExitCode.CannotRun;
        }
    }

    private static async Task PlayAsync(Report report, bool keep, bool verbose, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Stage stage = await Stage.CreateAsync(verbose);   // some milliseconds; not worth an interruption
        bool stays = false;
        try
        {
            await stage.BuildAsync(report, cancellationToken);
            if (report.Differences == 0)   // without its cast there is no play
            {
                await new Checklist(stage, report, cancellationToken).RunAsync();
            }

            stays = keep;
        }
        finally
        {
            await (stays ? Ending.KeepAsync(stage, report) : Ending.RemoveAsync(stage, report));
        }
    }
}

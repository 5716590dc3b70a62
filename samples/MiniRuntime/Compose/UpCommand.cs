using System.CommandLine;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Plan;
using MiniRuntime.Compose.Reporting;
using MiniRuntime.Compose.Work;

namespace MiniRuntime.Compose;

/// <summary><c>up</c>: makes what a stack file asks for and is not there yet.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The stack file, in the Compose file format." };
        Option<string?> socket = ComposeCommand.SocketOption();
        Option<string?> project = ComposeCommand.ProjectOption();
        Option<bool> removeOrphans = new("--remove-orphans") { Description = "Remove containers of services that the file does not have any more." };
        Command command = new("up", "Brings up the networks and containers of a stack file. What is there and is the same stays; a failure undoes all.")
        {
            file, socket, project, removeOrphans,
        };
        command.SetAction((result, cancellationToken) => ComposeCommand.RunAsync(
            () => RunAsync(
                result.GetRequiredValue(file), result.GetValue(project), result.GetValue(socket), result.GetValue(removeOrphans), cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task RunAsync(string file, string? project, string? socket, bool removeOrphans, CancellationToken cancellationToken)
    {
        StackFile stack = await StackFile.LoadAsync(file, project, cancellationToken);
        ProjectPlan plan = Planner.Plan(stack.Stack, stack.Project, stack.Path);
        using EngineApi engine = await ComposeCommand.OpenEngineAsync(socket, cancellationToken);
        ProjectState state = await Surroundings.LookAsync(engine, plan, cancellationToken);
        Changes changes = Changes.Between(plan, state);
        if (removeOrphans)
        {
            changes = changes with { Surplus = [.. changes.Surplus, .. changes.Orphans], Orphans = [] };
        }
        else if (changes.Orphans.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                $"Not in the file any more: {string.Join(", ", changes.Orphans.Select(container => container.Name))}. Remove with --remove-orphans.");
        }

        Progress progress = new(ProgressView.ForThisConsole());
        await progress.ShowAsync(() => new BringUp(engine, progress, cancellationToken).RunAsync(changes, state));
    }
}

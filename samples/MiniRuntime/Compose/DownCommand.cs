using System.CommandLine;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Reporting;
using MiniRuntime.Compose.Work;

namespace MiniRuntime.Compose;

/// <summary><c>down</c>: removes what <c>up</c> made.</summary>
internal static class DownCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The stack file, in the Compose file format." };
        Option<string?> socket = ComposeCommand.SocketOption();
        Option<string?> project = ComposeCommand.ProjectOption();
        Command command = new("down", "Removes the containers and networks of a stack file. External networks stay; what is gone already is no error.")
        {
            file, socket, project,
        };
        command.SetAction((result, cancellationToken) => ComposeCommand.RunAsync(
            async () =>
            {
                StackFile stack = await StackFile.LoadAsync(result.GetRequiredValue(file), result.GetValue(project), cancellationToken);
                using EngineApi engine = await ComposeCommand.OpenEngineAsync(result.GetValue(socket), cancellationToken);
                Progress progress = new(ProgressView.ForThisConsole());
                await progress.ShowAsync(() => new TakeDown(engine, progress, cancellationToken).RunAsync(stack.Project, stack.Stack.Services));
            },
            cancellationToken));
        return command;
    }
}

using System.CommandLine;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Plan;
using MiniRuntime.Compose.Reporting;
using Spectre.Console;

namespace MiniRuntime.Compose;

/// <summary><c>ps</c>: shows the containers of a stack, or of all stacks.</summary>
internal static class PsCommand
{
    private const int WidthWithoutTerminal = 250;   // columns; whoever reads from a pipe wants no wrapped lines

    public static Command Create()
    {
        Argument<string?> file = new("FILE") { Description = "The stack file; without it, all stacks are shown.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> socket = ComposeCommand.SocketOption();
        Option<string?> project = ComposeCommand.ProjectOption();
        Command command = new("ps", "Shows the containers of stacks: their state, addresses and published ports.") { file, socket, project };
        command.SetAction((result, cancellationToken) => ComposeCommand.RunAsync(
            () => RunAsync(result.GetValue(file), result.GetValue(project), result.GetValue(socket), cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task RunAsync(string? file, string? project, string? socket, CancellationToken cancellationToken)
    {
        string? name = file is null ? project : (await StackFile.LoadAsync(file, project, cancellationToken)).Project;
        using EngineApi engine = await ComposeCommand.OpenEngineAsync(socket, cancellationToken);
        ContainerSummary[] containers = await engine.ListContainersAsync(name is null ? Labels.Project : Labels.Of(name), cancellationToken);
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthWithoutTerminal;
        }

        AnsiConsole.Write(ContainerTable.Render(containers));
    }
}

using System.CommandLine;
using Spectre.Console;

namespace MiniRuntime;

/// <summary><c>clean FOLDER</c>: removes a world that <c>demo --keep</c>, or a demo that was killed outright, left up.</summary>
internal static class CleanCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> folder = new("folder") { Description = "The world's folder, as the demo printed it." };
        Command command = new("clean", "Removes a world that was kept.") { folder };
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(folder)));
        return command;
    }

    private static async Task<int> RunAsync(DirectoryInfo folder)
    {
        if (!DemoWorld.IsWorld(folder.FullName))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{folder.FullName} is not the folder of a demo's world.[/]");
            return 1;
        }

        await Leftovers.KillAsync(DemoWorld.Pins(folder.FullName));
        DemoWorld.RemoveFolder(folder.FullName);
        AnsiConsole.MarkupLineInterpolated($"{folder.FullName} is gone, with its namespaces and their processes.");
        return 0;
    }
}

using System.CommandLine;

namespace MiniRuntime.Demo;

/// <summary><c>clean FOLDER</c>: removes a world that <c>demo --keep</c>, or a demo that was killed outright, left up.</summary>
internal static class CleanCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> folder = new("folder") { Description = "The world's folder, as the demo printed it." };
        Command command = new("clean", "Removes a world that was kept.") { folder };
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(folder).FullName));
        return command;
    }

    private static async Task<int> RunAsync(string folder)
    {
        if (!World.IsWorld(folder))
        {
            await Console.Error.WriteLineAsync($"{folder} is not the folder of a demo's world.");
            return ExitCode.CannotRun;
        }

        if (Requirements.Missing() is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return ExitCode.CannotRun;
        }

        await Leftovers.KillAsync(World.Pins(folder));
        World.RemoveFolder(folder);
        Console.WriteLine($"{folder} is gone, with its namespaces and their processes.");
        return ExitCode.Success;
    }
}

using System.Globalization;
using MiniRuntime.Containers;
using MiniRuntime.Demo.Reporting;

namespace MiniRuntime.Demo;

/// <summary>The end of the demo: everything goes, and nothing is found left; or everything stays, and the user hears where it is.</summary>
internal static class Ending
{
    /// <summary>Removes everything and looks for what is left. Never cancelled.</summary>
    public static async Task RemoveAsync(Stage stage, Report report)
    {
        World world = stage.World;
        try
        {
            report.Section("Nothing is left behind");
            await report.CheckAsync($"remove {stage.Containers.Count} containers, networks", "done", async () =>
            {
                await stage.RemoveAllAsync();
                return "done";
            });
            await report.CheckAsync("links on the host", $"lo, {World.WireName}", async () => string.Join(", ", await world.HostLinksAsync()));
            await report.CheckAsync("firewall rules on the host", "0", async () => Count(await world.HostRulesAsync()));
            await CountAsync(report, "sandbox namespaces", () => World.Pins(world.RunDirectory).Count);
            await CountAsync(report, "container processes", () => Leftovers.Processes(World.Pins(world.Folder)).Count);
        }
        finally
        {
            await stage.RemoveWorldAsync();
        }

        await CountAsync(report, "mounts of the demo", () => Leftovers.Mounts(world.Folder).Count);
        await CountAsync(report, "folders of the demo", () => Directory.Exists(world.Folder) ? 1 : 0);
        await CountAsync(report, "threads in foreign namespaces", () => Leftovers.StrayThreads().Count);
    }

    /// <summary>Leaves everything as it is and says how to look at it.</summary>
    public static async Task KeepAsync(Stage stage, Report report)
    {
        report.Note("The world stays up. Look around:");
        report.Note($"  the host      nsenter --net={stage.World.HostNamespacePath} ip addr");
        report.Note($"  its firewall  nsenter --net={stage.World.HostNamespacePath} nft list ruleset");
        foreach (Container container in stage.Containers)
        {
            report.Note($"  {container.Name,-12}  nsenter --target {container.Process.Id} --net --pid --mount --uts sh");
        }

        report.Note($"Remove it with: sudo dotnet run -c Release --project samples/MiniRuntime -- clean {stage.World.Folder}");
        report.Note(string.Empty);
        await stage.LetGoAsync();
    }

    private static Task CountAsync(Report report, string what, Func<int> count)
        => report.CheckAsync(what, "0", () => Task.FromResult(Count(count())));

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}

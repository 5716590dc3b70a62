using System.Globalization;

namespace MiniRuntime;

/// <summary>The end of the demo: everything goes, and nothing is found left; or everything stays, and the user hears where it is.</summary>
internal static class DemoEnding
{
    /// <summary>Removes everything and looks for what is left.</summary>
    public static async Task RemoveAsync(DemoStage stage, DemoReport report)
    {
        DemoWorld world = stage.World;
        try
        {
            report.Section("Nothing is left behind");
            int containers = stage.Containers.Count, networks = stage.Controller.Networks.Count;
            await report.CheckAsync($"remove {containers} containers, {networks} networks", "done", async () =>
            {
                await stage.RemoveAllAsync();
                return "done";
            });
            await report.CheckAsync("links on the host", $"lo {DemoWorld.WireName}", async () => string.Join(' ', await world.HostLinksAsync()));
            await report.CheckAsync("firewall rules on the host", "0", async () => Count(await world.HostRulesAsync()));
            await report.CheckAsync("container processes", "0", () => Task.FromResult(Count(Leftovers.Processes(DemoWorld.Pins(world.Folder)).Count)));
            await report.CheckAsync("sandbox namespaces", "0", () => Task.FromResult(Count(DemoWorld.Pins(world.RunDirectory).Count)));
        }
        finally
        {
            await stage.DisposeAsync();
            await world.DisposeAsync();
        }

        await report.CheckAsync("mounts of the demo", "0", () => Task.FromResult(Count(Leftovers.Mounts(world.Folder).Count)));
        await report.CheckAsync("files of the demo", "none", () => Task.FromResult(Directory.Exists(world.Folder) ? world.Folder : "none"));
    }

    /// <summary>Leaves everything as it is and says how to look at it.</summary>
    public static async Task KeepAsync(DemoStage stage, DemoReport report)
    {
        DemoContainer example = stage["web-1"];
        report.Note("The world stays up. Look around:");
        report.Note($"  the host           nsenter --net={stage.World.HostNamespacePath} ip addr");
        report.Note($"  its firewall       nsenter --net={stage.World.HostNamespacePath} nft list ruleset");
        report.Note($"  inside web-1       nsenter --target {example.FirstProcess} --net --pid --mount --uts sh");
        foreach (DemoContainer container in stage.Containers)
        {
            report.Note($"  {container.Name,-18} nsenter --net={container.Sandbox.NamespacePath} ip addr");
        }

        report.Note($"Remove it with: sudo dotnet run --project samples/MiniRuntime -- clean {stage.World.Folder}");
        await stage.DisposeAsync();
        await stage.World.LetGoAsync();
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}

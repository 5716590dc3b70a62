namespace MiniRuntime.Demo.Checks;

/// <content>The networks that are none: the host's own, and no network at all.</content>
internal sealed partial class Checklist
{
    private async Task CheckHostAndNullAsync()
    {
        report.Section("Host network, and no network");
        string wire = World.WireName;
        await report.CheckAsync("host-1: its links", $"the host's, with {wire}", async () =>
        {
            string links = await LinksAsync(stage["host-1"]);
            return links.Split(", ").Contains(wire) ? $"the host's, with {wire}" : links;
        });
        await CheckReachAsync(Host with { Name = "host-1", OpenSocket = stage["host-1"].Sandbox.OpenSocket }, Outside, seenAs: Host);
        await report.CheckAsync("none-1: its links", "lo", () => LinksAsync(stage["none-1"]));
    }
}

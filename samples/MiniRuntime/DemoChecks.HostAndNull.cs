namespace MiniRuntime;

/// <content>The networks that are none: the host's own, and no network at all.</content>
internal sealed partial class DemoChecks
{
    private async Task CheckHostAndNullAsync()
    {
        report.Section("On the host's network, and on none");
        string wire = DemoWorld.WireName;
        await report.CheckAsync("host-1: its links", $"has {wire}", async () =>
        {
            string links = await LinksAsync(stage["host-1"]);
            return links.Split(' ').Contains(wire) ? $"has {wire}" : links;
        });
        await CheckReachAsync(Host with { Name = "host-1", OpenSocket = stage["host-1"].Sandbox.OpenSocket }, Outside, seenAs: Host);
        await report.CheckAsync("none-1: its links", "lo", () => LinksAsync(stage["none-1"]));
    }
}

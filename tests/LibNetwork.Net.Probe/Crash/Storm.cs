namespace LibNetwork.Probe.Crash;

/// <summary>Containers that come and go, several at once, as fast as the machine lets them.</summary>
internal static class Storm
{
    private const int Lanes = 4;
    private const int RoundsOfEach = 50;

    public static Task RunAsync(CrashWorld world) => Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(async () =>
    {
        for (int round = 0; round < RoundsOfEach; round++)
        {
            ISandbox sandbox = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"storm{lane}" });
            IEndpoint endpoint = await world.Network("web").AttachAsync(sandbox, new EndpointSpec { Name = $"storm{lane}" });
            await world.Network("closed").AttachAsync(sandbox, new EndpointSpec { Name = $"storm{lane}" });
            await endpoint.DeleteAsync(force: true);
            await sandbox.DeleteAsync();
        }
    })));

    public static async Task ClearAsync(CrashWorld world)
    {
        foreach (ISandbox sandbox in world.Controller.Sandboxes.Where(sandbox => sandbox.ContainerId.StartsWith("storm", StringComparison.Ordinal)))
        {
            await sandbox.DeleteAsync();
        }

        // All of them were attached, so none may be left without a sandbox.
        string[] left = [.. world.Controller.Networks.SelectMany(network => network.Endpoints).Select(endpoint => endpoint.Name)
            .Where(name => name.StartsWith("storm", StringComparison.Ordinal))];
        if (left.Length > 0)
        {
            throw new InvalidOperationException($"endpoints that no sandbox holds: {string.Join(", ", left)}");
        }
    }
}

using System.Diagnostics;
using System.Globalization;

namespace LibNetwork.Probe.Crash;

/// <summary>Containers that come and go, several at once.</summary>
internal static class Storm
{
    private const int Lanes = 4;
    private const int RoundsOfEach = 50;
    private const int PerSecond = 200;   // attached, and as many detached

    /// <summary>Some hundred verbs, as fast as the machine lets them.</summary>
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

    /// <summary>Blows while a verb is at work, and begins before it. Steps of the storm are not the verb's.</summary>
    public static async Task BlowBesideAsync(CrashWorld world, Func<Task> verb)
    {
        using CancellationTokenSource over = new();
        long start = Stopwatch.GetTimestamp();
        int containers = 0;
        TaskCompletionSource[] begun = [.. Enumerable.Range(0, Lanes).Select(static _ => new TaskCompletionSource())];
        Task storm = Task.WhenAll(begun.Select((first, lane) => Task.Run(() => BlowAsync(
            world,
            $"storm{lane}",
            () =>
            {
                Interlocked.Increment(ref containers);
                first.TrySetResult();
            },
            over.Token))));
        await Task.WhenAny(storm, Task.WhenAll(begun.Select(static first => first.Task)));
        await verb();
        await over.CancelAsync();
        await storm;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"storm: {containers} containers in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms"));
    }

    private static async Task BlowAsync(CrashWorld world, string name, Action gone, CancellationToken over)
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds((double)Lanes / PerSecond));
        do
        {
            ISandbox sandbox = await world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name }, CancellationToken.None);
            IEndpoint endpoint = await world.Network("web").AttachAsync(sandbox, new EndpointSpec { Name = name }, cancellationToken: CancellationToken.None);
            await endpoint.DeleteAsync(force: true, CancellationToken.None);
            await sandbox.DeleteAsync(CancellationToken.None);
            gone();
        }
        while (await IsNextAsync(timer, over));
    }

    private static async Task<bool> IsNextAsync(PeriodicTimer timer, CancellationToken over)
    {
        try
        {
            return await timer.WaitForNextTickAsync(over);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

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

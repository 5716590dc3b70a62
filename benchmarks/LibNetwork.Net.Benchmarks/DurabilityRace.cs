using System.Diagnostics;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Races a controller whose state is on the disk against one whose state is in memory, and both against the disk itself.</summary>
internal static class DurabilityRace
{
    private const int WarmUpRounds = 100;
    private const int AtOnce = 64;
    private static readonly TimeSpan Teardown = TimeSpan.FromMilliseconds(15);   // the kernel takes namespaces apart in the background

    public static async Task RunAsync(int rounds)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("libnetwork-durability-");
        await RunAsync(rounds, folder);
        folder.Delete(recursive: true);
    }

    private static async Task RunAsync(int rounds, DirectoryInfo folder)
    {
        await using Side memory = await Side.StartAsync(storePath: null);
        await using Side disk = await Side.StartAsync(Path.Combine(folder.FullName, "state.db"));
        using FileStream scratch = new(Path.Combine(folder.FullName, "scratch"), FileMode.CreateNew);
        List<double> syncs = [];
        string[] verbs = ["attach", "detach and delete", "create sandbox", "delete sandbox, attached", "create network", "delete network"];
        Dictionary<(string Verb, bool Durable), List<double>> times = [];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            foreach (bool durable in Random.Shared.Next(2) == 0 ? [true, false] : (bool[])[false, true])
            {
                IReadOnlyList<double> lap = await (durable ? disk : memory).LapAsync();
                for (int verb = 0; verb < verbs.Length && round >= 0; verb++)
                {
                    ListOf(times, (verbs[verb], durable)).Add(lap[verb]);
                }
            }

            syncs.Add(Sync(scratch));
        }

        double sync = Contest.Median(syncs);
        Console.WriteLine($"one write and sync of 4 KiB: {sync:F0} us");
        Console.WriteLine($"{"median of " + rounds,-28}{"memory us",11}{"disk us",11}{"more",8}{"syncs",8}");
        foreach (string verb in verbs)
        {
            double without = Contest.Median(times[(verb, false)]), with = Contest.Median(times[(verb, true)]);
            Console.WriteLine($"{verb,-28}{without,11:F0}{with,11:F0}{with - without,8:F0}{(with - without) / sync,8:F2}");
        }

        foreach ((string name, Side side) in new[] { ("memory", memory), ("disk", disk) })
        {
            Console.WriteLine($"{AtOnce} attached at once, {name}: {await side.AtOnceAsync(AtOnce) / 1000:F1} ms");
        }
    }

    private static List<double> ListOf(Dictionary<(string Verb, bool Durable), List<double>> times, (string Verb, bool Durable) key)
    {
        if (!times.TryGetValue(key, out List<double>? list))
        {
            times[key] = list = [];
        }

        return list;
    }

    private static double Sync(FileStream scratch)
    {
        long start = Stopwatch.GetTimestamp();
        scratch.Write(new byte[4096]);
        scratch.Flush(flushToDisk: true);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    /// <summary>A host with a controller.</summary>
    private sealed class Side(TestHost host, ServiceProvider services, INetwork network) : IAsyncDisposable
    {
        private readonly INetworkController _controller = services.GetRequiredService<INetworkController>();
        private int _count;

        public static async Task<Side> StartAsync(string? storePath)
        {
            TestHost host = await TestHost.CreateAsync(forwards: true);
            ILibNetworkBuilder builder = new ServiceCollection()
                .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory)).AddBridgeDriver();
            if (storePath is not null)
            {
                builder.AddSqliteStore(storePath);
            }

            ServiceProvider services = builder.Services.BuildServiceProvider();
            INetworkController controller = services.GetRequiredService<INetworkController>();
            INetwork network = await controller.CreateNetworkAsync(
                new NetworkSpec { Name = "web", EnableIPv6 = true, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.100.0.0/16") }] });
            ISandbox resident = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "resident" });
            await network.AttachAsync(resident, new EndpointSpec { Name = "resident" });   // the first brings the bridge itself to life
            return new Side(host, services, network);
        }

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            host.Dispose();
        }

        /// <summary>Each verb once; microseconds.</summary>
        public async Task<IReadOnlyList<double>> LapAsync()
        {
            string name = $"c{++_count}";
            ISandbox? sandbox = null;
            IEndpoint? endpoint = null;
            INetwork? made = null;
            double created = await TimeAsync(async () => sandbox = await _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name }));
            double attached = await TimeAsync(async () => endpoint = await network.AttachAsync(sandbox!, new EndpointSpec { Name = name }));
            double detached = await TimeAsync(() => endpoint!.DeleteAsync(force: true));
            await _controller.DrainAsync();
            await network.AttachAsync(sandbox!, new EndpointSpec { Name = name });
            double deleted = await TimeAsync(() => sandbox!.DeleteAsync());
            double built = await TimeAsync(async () => made = await _controller.CreateNetworkAsync(new NetworkSpec { Name = name, EnableIPv6 = true }));
            double removed = await TimeAsync(() => made!.DeleteAsync());
            await SettleAsync();
            return [attached, detached, created, deleted, built, removed];
        }

        public async Task<double> AtOnceAsync(int count)
        {
            List<ISandbox> sandboxes = [];
            for (int i = 0; i < count; i++)
            {
                sandboxes.Add(await _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"c{++_count}" }));
            }

            double time = await TimeAsync(() => Task.WhenAll(
                sandboxes.Select(sandbox => Task.Run(() => network.AttachAsync(sandbox, new EndpointSpec { Name = sandbox.ContainerId })))));
            await Task.WhenAll(sandboxes.Select(sandbox => sandbox.DeleteAsync()));
            return time;
        }

        private async Task SettleAsync()
        {
            await _controller.DrainAsync();
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < Teardown)
            {
                Thread.SpinWait(1000);   // not asleep: a core that slept is slow for a while
            }
        }

        private static async Task<double> TimeAsync(Func<Task> work)
        {
            long start = Stopwatch.GetTimestamp();
            await work();
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
    }
}

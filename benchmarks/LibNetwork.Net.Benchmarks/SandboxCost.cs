using System.Diagnostics;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>
/// What a sandbox with an endpoint costs this process, without a resolver, with one that nobody asks, and after each has asked once; and how much of a
/// processor all of them take while nobody asks.
/// </summary>
internal static class SandboxCost
{
    private const int PerNetwork = 1_000;   // a bridge has room for 1023

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(int count)
    {
        Console.WriteLine($"{"each costs",-28}{"managed B",12}{"resident B",12}{"files",8}");
        await RunAsync(Math.Min(count, PerNetwork), hasResolver: false);
        await RunAsync(count, hasResolver: true);   // the compiler has nothing left to do by then
    }

    private static async Task RunAsync(int count, bool hasResolver)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        await AttachAsync(controller, "first", 1, hasResolver);
        Cost before = Cost.Now();
        Stopwatch time = Stopwatch.StartNew();
        for (int made = 0; made < count; made += PerNetwork)
        {
            await AttachAsync(controller, $"n{made}", Math.Min(PerNetwork, count - made), hasResolver);
        }

        TimeSpan making = time.Elapsed;
        Cost.Now().Print(hasResolver ? "with a resolver, idle" : "without a resolver", before, count);
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(IdleTime);
        processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
        foreach (ISandbox sandbox in hasResolver ? controller.Sandboxes : [])
        {
            await new DnsClient(sandbox.OpenSocket).AskAsync("first0");
        }

        if (hasResolver)
        {
            Cost.Now().Print("when each has asked", before, count);
        }

        time.Restart();
        foreach (ISandbox sandbox in controller.Sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        await controller.DrainAsync();
        Console.WriteLine($"{count} made in {making.TotalSeconds:F1} s, gone in {time.Elapsed.TotalSeconds:F1} s; idle, they take {processor / IdleTime:P2} of a processor");
    }

    private static async Task AttachAsync(INetworkController controller, string name, int count, bool hasResolver)
    {
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = name });
        for (int number = 0; number < count; number++)
        {
            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"{name}{number}", Dns = new SandboxDns { IsEnabled = hasResolver } });
            await network.AttachAsync(sandbox, new EndpointSpec { Name = $"{name}{number}", DnsNames = [$"{name}{number}"] });
        }
    }

    private readonly record struct Cost(long Managed, long Resident, int Files)
    {
        public static Cost Now()
        {
            long managed = GC.GetTotalMemory(forceFullCollection: true);
            return new Cost(managed, Environment.WorkingSet, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        }

        public void Print(string title, Cost before, int count) => Console.WriteLine(
            $"{title,-28}{(Managed - before.Managed) / count,12}{(Resident - before.Resident) / count,12}{(double)(Files - before.Files) / count,8:F1}");
    }
}

using System.Diagnostics;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>What a sandbox with an endpoint and a resolver costs this process while nobody asks it, and after each has asked once.</summary>
internal static class SandboxCost
{
    private const int PerNetwork = 1_000;   // a bridge has room for 1023

    public static async Task RunAsync(int count)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        await AttachAsync(controller, "first", 1);
        Cost before = Cost.Now();
        Stopwatch time = Stopwatch.StartNew();
        for (int made = 0; made < count; made += PerNetwork)
        {
            await AttachAsync(controller, $"n{made}", Math.Min(PerNetwork, count - made));
        }

        Console.WriteLine($"{count} sandboxes with an endpoint and a resolver each, made in {time.Elapsed.TotalSeconds:F1} s");
        Console.WriteLine($"{"each costs",-24}{"managed B",12}{"resident B",12}{"files",8}");
        Cost.Now().Print("while nobody asks", before, count);
        foreach (ISandbox sandbox in controller.Sandboxes)
        {
            await new DnsClient(sandbox.OpenSocket).AskAsync("first0");
        }

        Cost.Now().Print("when each has asked", before, count);
        time.Restart();
        foreach (ISandbox sandbox in controller.Sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        await controller.DrainAsync();
        Console.WriteLine($"all gone in {time.Elapsed.TotalSeconds:F1} s");
    }

    private static async Task AttachAsync(INetworkController controller, string name, int count)
    {
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = name });
        for (int number = 0; number < count; number++)
        {
            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"{name}{number}" });
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
            $"{title,-24}{(Managed - before.Managed) / count,12}{(Resident - before.Resident) / count,12}{(double)(Files - before.Files) / count,8:F1}");
    }
}

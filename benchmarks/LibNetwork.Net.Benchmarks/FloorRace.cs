using System.Diagnostics;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Races the controller's verbs against the bare kernel requests for the same objects, in turn, on one host of its own.</summary>
internal static class FloorRace
{
    private const int WarmUpRounds = 300;   // until the compiler has nothing left to do

    public static async Task RunAsync(int rounds)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        await using KernelFloor floor = await KernelFloor.CreateAsync(host);
        PoolSpec[] pools = [new PoolSpec { Subnet = Subnet.Parse("10.100.0.0/16") }];
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web", EnableIPv6 = true, Pools = pools });

        Series attach = new("attach to a sandbox"), full = new("attach with sandbox"), detach = new("detach (caller's time)");
        Series create = new("create network"), delete = new("delete network (caller's time)");
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            bool counts = round >= 0;
            full.Floor(counts, await TimeAsync(() => floor.ConnectWithNamespaceAsync()));
            await floor.PrepareAsync();
            attach.Floor(counts, await TimeAsync(() => floor.ConnectAsync()));
            create.Floor(counts, await TimeAsync(() => floor.CreateBridgeAsync()));
            await floor.ClearAsync();

            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"a{round}" });
            IEndpoint? endpoint = null;
            attach.Ours(counts, await TimeAsync(async () => endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = $"a{round}" })));
            detach.Ours(counts, await TimeAsync(() => endpoint!.DeleteAsync(force: true)));   // attached above
            await sandbox.DeleteAsync();
            ISandbox? fresh = null;
            full.Ours(counts, await TimeAsync(async () =>
            {
                fresh = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"f{round}" });
                await network.AttachAsync(fresh, new EndpointSpec { Name = $"f{round}" });
            }));
            await fresh!.DeleteAsync();   // made above
            INetwork? other = null;
            create.Ours(counts, await TimeAsync(async () => other = await controller.CreateNetworkAsync(new NetworkSpec { Name = $"n{round}", EnableIPv6 = true })));
            delete.Ours(counts, await TimeAsync(() => other!.DeleteAsync()));   // made above
            await controller.DrainAsync();
        }

        Console.WriteLine($"{"median of " + rounds,-32}{"floor us",10}{"ours us",10}{"ratio",8}");
        foreach (Series series in (Series[])[attach, full, detach, create, delete])
        {
            series.Print();
        }

        await InARowAsync(controller, network, 100);
        await FlatAsync(controller, network);
    }

    private static async Task InARowAsync(INetworkController controller, INetwork network, int count)
    {
        List<IEndpoint> endpoints = [];
        List<ISandbox> sandboxes = [];
        double attached = await TimeAsync(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                sandboxes.Add(await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"r{i}" }));
                endpoints.Add(await network.AttachAsync(sandboxes[i], new EndpointSpec { Name = $"r{i}" }));
            }
        });
        double detached = await TimeAsync(async () =>
        {
            foreach (IEndpoint endpoint in endpoints)
            {
                await endpoint.DeleteAsync(force: true);
            }
        });
        double gone = await TimeAsync(controller.DrainAsync);
        foreach (ISandbox sandbox in sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        Console.WriteLine($"{count} with sandboxes in a row: {attached / 1000:F0} ms; detached {detached / 1000:F0} ms; gone from the kernel {gone / 1000:F0} ms later");
    }

    private static async Task FlatAsync(INetworkController controller, INetwork network)
    {
        const int Count = 1000, Window = 50;
        List<double> times = [];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"s{i}" });
            times.Add(await TimeAsync(() => network.AttachAsync(sandbox, new EndpointSpec { Name = $"s{i}" })));
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        double first = Median(times.GetRange(10, Window)), last = Median(times.GetRange(Count - Window, Window));
        Console.WriteLine($"attach near the 10th {first:F0} us, near the {Count}th {last:F0} us, ratio {last / first:F2}");
        Console.WriteLine($"managed memory per idle endpoint and sandbox {(after - before) / Count} bytes");
        foreach (ISandbox sandbox in controller.Sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        await controller.DrainAsync();
        await network.DeleteAsync();
        await controller.DrainAsync();
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Median(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[sorted.Count / 2];
    }

    private sealed class Series(string name)
    {
        private readonly List<double> _floor = [];
        private readonly List<double> _ours = [];

        public void Floor(bool counts, double time)
        {
            if (counts)
            {
                _floor.Add(time);
            }
        }

        public void Ours(bool counts, double time)
        {
            if (counts)
            {
                _ours.Add(time);
            }
        }

        public void Print()
        {
            double ours = Median(_ours);
            string floor = _floor.Count == 0 ? "-" : $"{Median(_floor):F0}";
            string ratio = _floor.Count == 0 ? "-" : $"{ours / Median(_floor):F2}";
            Console.WriteLine($"{name,-32}{floor,10}{ours,10:F0}{ratio,8}");
        }
    }
}

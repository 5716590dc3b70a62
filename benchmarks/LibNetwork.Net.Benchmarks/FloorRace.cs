using System.Diagnostics;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Races the controller's verbs against the bare kernel requests for the same objects, on one host of its own.</summary>
internal sealed class FloorRace : IAsyncDisposable
{
    private const int WarmUpRounds = 300;   // until the compiler has nothing left to do
    private readonly TestHost _host;
    private readonly ServiceProvider _services;
    private readonly INetworkController _controller;
    private readonly KernelFloor _floor;
    private readonly INetwork _network;
    private int _count;

    private FloorRace(TestHost host, ServiceProvider services, KernelFloor floor, INetwork network)
    {
        _host = host;
        _services = services;
        _controller = services.GetRequiredService<INetworkController>();
        _floor = floor;
        _network = network;
    }

    public static async Task RunAsync(int rounds)
    {
        await using FloorRace race = await StartAsync();
        await race.RaceAsync(rounds);
        await race.InARowAsync(100);
        await race.FlatAsync(1000, window: 50);
    }

    public async ValueTask DisposeAsync()
    {
        await _floor.DisposeAsync();
        await _services.DisposeAsync();
        _host.Dispose();
    }

    private static async Task<FloorRace> StartAsync()
    {
        TestHost host = await TestHost.CreateAsync(forwards: true);
        ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork network = await controller.CreateNetworkAsync(
            new NetworkSpec { Name = "web", EnableIPv6 = true, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.100.0.0/16") }] });

        // The first endpoint brings the bridge itself to life, which is not what is measured; the floor's bridge has one too.
        await network.AttachAsync(
            await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "resident" }), new EndpointSpec { Name = "resident" });
        return new FloorRace(host, services, await KernelFloor.CreateAsync(host), network);
    }

    private async Task RaceAsync(int rounds)
    {
        Contest[] contests =
        [
            new("attach to a sandbox", () => AttachAsync(), async () => await _floor.ConnectAsync()),
            new("  floor with cables of one queue", () => AttachAsync(), async () => await _floor.ConnectAsync(queues: 1)),
            new("  with a resolver inside", () => AttachAsync(hasResolver: true), async () => await _floor.ConnectAsync()),
            new("attach with sandbox", AttachWithSandboxAsync, async () => await _floor.ConnectWithNamespaceAsync()),
            new("create network", CreateNetworkAsync, async () => await _floor.CreateBridgeAsync()),
            new("detach (caller's time)", DetachAsync),
            new("delete network (caller's time)", DeleteNetworkAsync),
        ];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            bool counts = round >= 0;
            bool settles = counts || round % 10 == 0;
            foreach (Contest contest in contests)
            {
                await contest.RunAsync(counts, () => settles ? SettleAsync(Quiet.AfterTeardown) : Task.CompletedTask);
            }
        }

        Console.WriteLine($"{"median of " + rounds,-34}{"floor us",10}{"ours us",10}{"ratio",8}");
        foreach (Contest contest in contests)
        {
            contest.Print();
        }
    }

    private async Task<double> AttachAsync(bool hasResolver = false)
    {
        ISandbox sandbox = await NewSandboxAsync(hasResolver);
        double time = await TimeAsync(() => _network.AttachAsync(sandbox, new EndpointSpec { Name = sandbox.ContainerId }));
        await sandbox.DeleteAsync();
        return time;
    }

    private async Task<double> AttachWithSandboxAsync()
    {
        ISandbox? sandbox = null;
        double time = await TimeAsync(async () =>
        {
            sandbox = await NewSandboxAsync();
            await _network.AttachAsync(sandbox, new EndpointSpec { Name = sandbox.ContainerId });
        });
        await sandbox!.DeleteAsync();   // made above
        return time;
    }

    private async Task<double> DetachAsync()
    {
        ISandbox sandbox = await NewSandboxAsync();
        IEndpoint endpoint = await _network.AttachAsync(sandbox, new EndpointSpec { Name = sandbox.ContainerId });
        double time = await TimeAsync(() => endpoint.DeleteAsync(force: true));
        await sandbox.DeleteAsync();
        return time;
    }

    private async Task<double> CreateNetworkAsync()
    {
        INetwork? network = null;
        double time = await TimeAsync(async () => network = await NewNetworkAsync());
        await network!.DeleteAsync();   // made above
        return time;
    }

    private async Task<double> DeleteNetworkAsync()
    {
        INetwork network = await NewNetworkAsync();
        return await TimeAsync(() => network.DeleteAsync());
    }

    private async Task InARowAsync(int count)
    {
        List<IEndpoint> endpoints = [];
        List<ISandbox> sandboxes = [];
        double bare = 0;
        for (int i = 0; i < count; i++)
        {
            bare += await _floor.ConnectWithNamespaceAsync();
        }

        await SettleAsync(Quiet.AfterTeardown * 10);
        double attached = await TimeAsync(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                sandboxes.Add(await NewSandboxAsync());
                endpoints.Add(await _network.AttachAsync(sandboxes[i], new EndpointSpec { Name = sandboxes[i].ContainerId }));
            }
        });
        double detached = await TimeAsync(async () =>
        {
            foreach (IEndpoint endpoint in endpoints)
            {
                await endpoint.DeleteAsync(force: true);
            }
        });
        double gone = await TimeAsync(_controller.DrainAsync);
        await DeleteAllAsync(sandboxes);
        Console.WriteLine(
            $"{count} with sandboxes in a row: floor {bare / 1000:F0} ms, ours {attached / 1000:F0} ms, ratio {attached / bare:F2}; "
            + $"detached {detached / 1000:F0} ms; gone from the kernel {gone / 1000:F0} ms later");
    }

    private async Task FlatAsync(int count, int window)
    {
        // The bare requests twice: as they are, where each newcomer's frames to many reach all, and without that.
        foreach (bool isQuiet in (bool[])[false, true])
        {
            List<double> bare = [];
            for (int i = 0; i < count; i++)
            {
                bare.Add(await _floor.ConnectWithNamespaceAsync(isQuiet));
            }

            PrintFlat(isQuiet ? "floor without floods" : "floor", bare, window);
            await SettleAsync(Quiet.AfterTeardown * 100);
        }

        List<double> times = [];

        List<ISandbox> sandboxes = [];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < count; i++)
        {
            times.Add(await TimeAsync(async () =>
            {
                sandboxes.Add(await NewSandboxAsync());
                await _network.AttachAsync(sandboxes[^1], new EndpointSpec { Name = sandboxes[^1].ContainerId });
            }));
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        PrintFlat("ours", times, window);
        Console.WriteLine($"managed memory per idle endpoint and sandbox: {(after - before) / count} bytes");
        await DeleteAllAsync(sandboxes);
    }

    private static void PrintFlat(string who, List<double> times, int window)
    {
        double first = Contest.Median(times.GetRange(10, window)), last = Contest.Median(times.GetRange(times.Count - window, window));
        Console.WriteLine($"{who}, with sandbox: near the 10th {first:F0} us, near the {times.Count}th {last:F0} us, ratio {last / first:F2}");
    }

    // Without a resolver, as the floor has none; what one costs has a row of its own.
    private Task<ISandbox> NewSandboxAsync(bool hasResolver = false)
        => _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"c{++_count}", Dns = new SandboxDns { IsEnabled = hasResolver } });

    private Task<INetwork> NewNetworkAsync() => _controller.CreateNetworkAsync(new NetworkSpec { Name = $"n{++_count}", EnableIPv6 = true });

    private async Task DeleteAllAsync(List<ISandbox> sandboxes)
    {
        foreach (ISandbox sandbox in sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        await SettleAsync(Quiet.AfterTeardown * 10);
    }

    private async Task SettleAsync(TimeSpan pause)
    {
        await _controller.DrainAsync();
        await _floor.ClearAsync();

        Quiet.For(pause);
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}

using System.Diagnostics;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Says what it costs that a controller watches the kernel: verbs with and without, the processor while nothing happens, a repair.</summary>
internal sealed class WatchCost : IAsyncDisposable
{
    private const int WarmUpRounds = 200;
    private const int IdleNetworks = 100;
    private const int IdleEndpoints = 200;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly TestHost _host;
    private readonly ServiceProvider _services;
    private readonly INetworkController _controller;
    private readonly INetwork _network;
    private int _count;

    private WatchCost(TestHost host, ServiceProvider services, INetwork network)
    {
        _host = host;
        _services = services;
        _controller = services.GetRequiredService<INetworkController>();
        _network = network;
    }

    public static async Task RunAsync(int rounds)
    {
        await using WatchCost without = await StartAsync(reconciles: false), with = await StartAsync(reconciles: true);
        List<(string Verb, double Without, double With)> samples = [];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            bool withFirst = Random.Shared.Next(2) == 0;
            Dictionary<bool, List<(string Verb, double Time)>> times = [];
            foreach (bool watched in (bool[])[withFirst, !withFirst])
            {
                times[watched] = await (watched ? with : without).UseAsync();
            }

            if (round >= 0)
            {
                samples.AddRange(times[false].Zip(times[true], static (bare, kept) => (bare.Verb, bare.Time, kept.Time)));
            }
        }

        Console.WriteLine($"{"median of " + rounds,-34}{"without",10}{"watched us",12}");
        foreach (IGrouping<string, (string Verb, double Without, double With)> verb in samples.GroupBy(static sample => sample.Verb, StringComparer.Ordinal))
        {
            Console.WriteLine($"{verb.Key,-34}{Contest.Median(verb.Select(static sample => sample.Without)),10:F0}{Contest.Median(verb.Select(static sample => sample.With)),12:F0}");
        }

        await without.IdleAsync("without");
        await with.IdleAsync("watched");
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _host.Dispose();
    }

    private static async Task<WatchCost> StartAsync(bool reconciles)
    {
        TestHost host = await TestHost.CreateAsync(forwards: true);
        ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory, options.Reconcile) = (host.NamespacePath, host.RunDirectory, reconciles))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork network = await controller.CreateNetworkAsync(
            new NetworkSpec { Name = "web", EnableIPv6 = true, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.100.0.0/16") }] });
        await network.AttachAsync(
            await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "resident" }), new EndpointSpec { Name = "resident" });
        return new WatchCost(host, services, network);
    }

    private async Task<List<(string Verb, double Time)>> UseAsync()
    {
        string name = $"c{++_count}";
        ISandbox sandbox = null!;
        IEndpoint endpoint = null!;
        List<(string Verb, double Time)> times =
        [
            ("create sandbox", await TimeAsync(async () => sandbox = await _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name }))),
            ("attach", await TimeAsync(async () => endpoint = await _network.AttachAsync(sandbox, new EndpointSpec { Name = name }))),
            ("detach (caller's time)", await TimeAsync(() => endpoint.DeleteAsync(force: true))),
        ];
        await sandbox.DeleteAsync();
        await _controller.DrainAsync();
        Quiet.For(Quiet.AfterTeardown);
        return times;
    }

    /// <summary>Holds networks and endpoints and does nothing.</summary>
    private async Task IdleAsync(string name)
    {
        for (int i = 0; i < IdleNetworks; i++)
        {
            await _controller.CreateNetworkAsync(new NetworkSpec { Name = $"idle{i}", Pools = [new PoolSpec { Subnet = Subnet.Parse($"10.101.{i}.0/24") }] });
        }

        for (int i = 0; i < IdleEndpoints; i++)
        {
            ISandbox sandbox = await _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"idle{i}" });
            await _network.AttachAsync(sandbox, new EndpointSpec { Name = $"idle{i}" });
        }

        await Task.Delay(IdleTime / 5);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await Task.Delay(IdleTime);
        TimeSpan used = Environment.CpuUsage.TotalTime - before;
        Console.WriteLine($"{name}, idle with {IdleNetworks} networks and {IdleEndpoints} endpoints: {used / IdleTime * 100:F2} % of a core");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}

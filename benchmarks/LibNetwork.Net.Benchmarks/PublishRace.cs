using System.Diagnostics;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>What publishing adds to an attach: beside no other port and beside thousands, for a wide range, and on a crowded network.</summary>
internal sealed class PublishRace : IAsyncDisposable
{
    private const int WarmUpRounds = 300;   // until the compiler has nothing left to do
    private const int Others = 9_999;
    private const int PerEndpoint = 500;
    private const int FirstOther = 10_000;
    private const int Crowd = 1_000;
    private const int PortsOfEach = 32;

    private readonly TestHost _host;
    private readonly ServiceProvider _services;
    private readonly INetworkController _controller;
    private readonly INetwork _network;

    private PublishRace(TestHost host, ServiceProvider services, INetwork network)
    {
        (_host, _services, _network) = (host, services, network);
        _controller = services.GetRequiredService<INetworkController>();
    }

    public static async Task RunAsync(int rounds)
    {
        Console.WriteLine($"{"median of " + rounds,-52}{"attach us",10}{"more us",10}");
        await using (PublishRace race = await StartAsync())
        {
            await race.MeasureAsync(rounds, "no other port");
            for (int first = FirstOther; first < FirstOther + Others; first += PerEndpoint)
            {
                await race.AttachAsync($"c{first}", Single(first, Math.Min(PerEndpoint, FirstOther + Others - first)));
            }

            await race.MeasureAsync(rounds, $"{Others} other ports");
        }

        await using (PublishRace race = await StartAsync())
        {
            await race.MeasureRangeAsync();
        }

        await using (PublishRace race = await StartAsync())
        {
            await race.MeasureCrowdAsync(rounds);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _host.Dispose();
    }

    private static async Task<PublishRace> StartAsync()
    {
        TestHost host = await TestHost.CreateAsync(forwards: true);
        ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetwork network = await services.GetRequiredService<INetworkController>().CreateNetworkAsync(
            new NetworkSpec { Name = "web", EnableIPv6 = true, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.100.0.0/16") }] });
        PublishRace race = new(host, services, network);
        await race.AttachAsync("resident", []);
        return race;
    }

    /// <summary>Attaches without and with ports in turns, so that both see the same machine.</summary>
    private async Task MeasureAsync(int rounds, string title)
    {
        (string Name, string[] Ports)[] kinds =
        [
            ("8080:80 on one address", ["0.0.0.0:8080:80"]),
            ("8080:80, IPv4 and IPv6", ["8080:80"]),
            ("53:53/udp, IPv4 and IPv6", ["53:53/udp"]),
            ("80, on a port that is free", ["80"]),
        ];
        string[][] ports = [.. kinds.SelectMany(kind => new[] { [], kind.Ports })];   // each after an attach without ports
        await MeasureAsync(WarmUpRounds, ports, settles: false);
        List<double>[] times = await MeasureAsync(rounds, ports);
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            Console.WriteLine(
                $"{$"{kinds[kind].Name}, {title}",-52}{Contest.Median(times[(2 * kind) + 1]),10:F0}{More(times[2 * kind], times[(2 * kind) + 1]),10:F0}");
        }

        // Alone: its thousand sockets are closed in the background.
        List<double> row = (await MeasureAsync(rounds, [["0.0.0.0:2000-2999:2000-2999"]]))[0];
        Console.WriteLine($"{$"1000 ports in a row, {title}",-52}{Contest.Median(row),10:F0}{More(times[0], row),10:F0}");
    }

    /// <summary>What the one costs more than the other, by rounds: what both have of a round's luck is not counted.</summary>
    private static double More(List<double> without, List<double> with) => Contest.Median([.. with.Zip(without, static (one, other) => one - other)]);

    private async Task<List<double>[]> MeasureAsync(int rounds, string[][] kinds, bool settles = true)
    {
        List<double>[] times = [.. kinds.Select(static _ => new List<double>())];
        for (int round = 0; round < rounds; round++)
        {
            for (int kind = 0; kind < kinds.Length; kind++)
            {
                ISandbox sandbox = await _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
                EndpointSpec spec = Spec("one", kinds[kind]);
                long start = Stopwatch.GetTimestamp();
                await _network.AttachAsync(sandbox, spec);
                times[kind].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                await sandbox.DeleteAsync();
                if (settles || round % 10 == 0)
                {
                    await _controller.DrainAsync();
                    Quiet.For(Quiet.AfterTeardown);
                }
            }
        }

        return times;
    }

    private async Task MeasureRangeAsync()
    {
        (int elements, int sockets, long bytes) = await CountAsync();
        long start = Stopwatch.GetTimestamp();
        await AttachAsync("range", ["0.0.0.0:1024-61023:1024-61023"]);
        double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        (int elementsAfter, int socketsAfter, long bytesAfter) = await CountAsync();
        Console.WriteLine($"60,000 ports in a row: attached in {time:F1} ms, {elementsAfter - elements} elements of sets and maps more, "
            + $"{socketsAfter - sockets} open files more, {(bytesAfter - bytes) / 1024} KiB of managed memory more");
    }

    /// <summary>What the last of a thousand endpoints pays for its ports, against the first.</summary>
    private async Task MeasureCrowdAsync(int rounds)
    {
        string[] ports = Single(60_000, PortsOfEach);
        await MeasureAsync(WarmUpRounds, [[], ports], settles: false);
        List<double>[] first = await MeasureAsync(rounds, [[], ports]);
        for (int other = 1; other < Crowd; other++)
        {
            await AttachAsync($"c{other}", Single(1_024 + (other * PortsOfEach), PortsOfEach));
        }

        List<double>[] last = await MeasureAsync(rounds, [[], ports]);
        (double moreFirst, double moreLast) = (More(first[0], first[1]), More(last[0], last[1]));
        Console.WriteLine($"{PortsOfEach} ports, endpoint 2 of the network: {Contest.Median(first[1]):F0} us, of that for the ports {moreFirst:F0} us");
        Console.WriteLine($"{PortsOfEach} ports, endpoint {Crowd} with as many each: {Contest.Median(last[1]):F0} us, of that for the ports {moreLast:F0} us, "
            + $"ratio {moreLast / moreFirst:F2}");
    }

    private async Task<(int Elements, int OpenFiles, long Bytes)> CountAsync()
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = _host.NamespacePath });
        NftRuleset rules = await kernel.RunAsync(static (session, _) => session.Nftables.ReadRuleset(family: null, table: null), 0);
        return (
            rules.Tables.SelectMany(table => table.Sets).Sum(set => set.Elements.Count),
            Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            GC.GetTotalMemory(forceFullCollection: true));
    }

    private static string[] Single(int first, int count) => [.. Enumerable.Range(first, count).Select(port => $"0.0.0.0:{port}:80")];

    private async Task AttachAsync(string name, IReadOnlyList<string> ports)
        => await _network.AttachAsync(await _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name }), Spec(name, ports));

    private static EndpointSpec Spec(string name, IReadOnlyList<string> ports)
        => new() { Name = name, PortBindings = [.. ports.Select(PortBinding.Parse)] };
}

using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>
/// The resolver inside a sandbox against the one that dockerd puts into a container: the same names, the same load by dnsperf, in turns. Answers a second
/// come from runs that print nothing; percentiles from runs that print each latency, with fewer questions outstanding.
/// </summary>
internal sealed class NameRace(string name, string namespacePath)
{
    private const int Names = 5;
    private const int Rounds = 5;
    private const string Load = "-c 4 -q 100";
    private const string LatencyLoad = "-c 4 -q 20";

    private readonly List<Dnsperf> _rates = [];
    private readonly List<Dnsperf> _latencies = [];

    private double PerSecond => Contest.Median(_rates.Select(static run => run.PerSecond));

    public static async Task RunAsync(int seconds)
    {
        if (Dockerd.WhyNot is { } reason || !HostProgram.IsInstalled("dnsperf"))
        {
            Console.WriteLine($"Skipped: {Dockerd.WhyNot ?? "dnsperf is not installed"}.");
            return;
        }

        await using Dockerd dockerd = await Dockerd.StartAsync();
        await dockerd.AskAsync("network", "create", "web");
        await dockerd.RunAsync("web", [.. Enumerable.Range(0, Names).Select(static number => $"name{number}")]);
        NameRace theirs = new("dockerd", await dockerd.RunAsync("web"));
        TestHost host = await TestHost.CreateAsync(forwards: true);
        await using (ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider())
        {
            INetworkController controller = services.GetRequiredService<INetworkController>();
            INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web" });
            ISandbox named = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "named" });
            await network.AttachAsync(named, new EndpointSpec { Name = "named", DnsNames = [.. Enumerable.Range(0, Names).Select(static number => $"name{number}")] });
            ISandbox client = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "client" });
            await network.AttachAsync(client, new EndpointSpec { Name = "client" });
            NameRace ours = new("LibNetwork.Net", client.NamespacePath);
            string queries = Path.Combine(host.Folder, "queries");
            await File.WriteAllLinesAsync(queries, Enumerable.Range(0, Names).Select(static number => $"name{number} A"));
            NameRace[] all = [ours, theirs];
            for (int round = -1; round < Rounds; round++)
            {
                Random.Shared.Shuffle(all);
                foreach (NameRace one in all)
                {
                    await one.MeasureAsync(queries, seconds, counts: round >= 0);
                }
            }

            Console.WriteLine($"{$"median of {Rounds}",-18}{"a second",12}{"p50 us",10}{"p99 us",10}{"lost",8}{"failed",8}");
            ours.Print();
            theirs.Print();
            Console.WriteLine($"ratio {ours.PerSecond / theirs.PerSecond:F2}");
            await controller.DeleteSandboxAsync("client");
            await controller.DeleteSandboxAsync("named");
            await network.DeleteAsync();
            await controller.DrainAsync();
        }

        host.Dispose();
    }

    private async Task MeasureAsync(string queries, int seconds, bool counts)
    {
        Dnsperf rate = await Dnsperf.RunAsync(namespacePath, queries, $"-l {seconds} {Load}");
        Dnsperf latency = await Dnsperf.RunAsync(namespacePath, queries, $"-l {seconds} {LatencyLoad}", eachLatency: true);
        if (counts)
        {
            _rates.Add(rate);
            _latencies.Add(latency);
        }
    }

    private void Print()
    {
        IEnumerable<Dnsperf> all = [.. _rates, .. _latencies];
        Console.WriteLine($"{name,-18}{PerSecond,12:F0}{Contest.Median(_latencies.Select(static run => run[50])) * 1e6,10:F0}"
            + $"{Contest.Median(_latencies.Select(static run => run[99])) * 1e6,10:F0}{all.Sum(static run => run.Lost),8}{all.Sum(static run => run.Failed),8}");
    }
}

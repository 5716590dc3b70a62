using System.Diagnostics;
using System.Globalization;
using System.Net;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Names of outside where the first server is dead: what that costs, against the second server alone, at several distances of the second.</summary>
internal static class DeadServer
{
    private const int DeadPort = 5301;
    private const int LivePort = 5302;

    public static async Task RunAsync(int questions)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web" });
        await using FakeDnsServer dead = Server(host, DeadPort, static _ => []);
        Console.WriteLine($"{"second is away",16}{"alone p50 ms",14}{"p99 ms",10}{"first dead: first",20}{"p50 ms",10}{"p99 ms",10}{"more p99",10}{"failed",8}");
        foreach (int distance in (int[])[0, 0, 20, 100])   // the first to warm up
        {
            await using FakeDnsServer live = Server(host, LivePort, FakeDnsServer.Always("203.0.113.7", TimeSpan.FromMilliseconds(distance)));
            (_, double[] alone, int failedAlone) = await AskAsync(controller, network, questions, LivePort);
            (double first, double[] behind, int failed) = await AskAsync(controller, network, questions, DeadPort, LivePort);
            Console.WriteLine($"{distance,13} ms{At(alone, 50),14:F1}{At(alone, 99),10:F1}{first,20:F1}{At(behind, 50),10:F1}{At(behind, 99),10:F1}"
                + $"{At(behind, 99) - At(alone, 99),10:F1}{failed + failedAlone,8}");
        }
    }

    /// <summary>Asks for one new name after the other in a new sandbox.</summary>
    /// <returns>How long the first and the others took, in milliseconds, and how many were not answered with the address.</returns>
    private static async Task<(double First, double[] Others, int Failed)> AskAsync(INetworkController controller, INetwork network, int questions, params int[] ports)
    {
        ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec
        {
            ContainerId = "asker",
            Dns = new SandboxDns { Servers = [.. ports.Select(static port => new DnsServer(new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), port)))] },
        });
        await network.AttachAsync(sandbox, new EndpointSpec { Name = "asker" });
        DnsClient client = new(sandbox.OpenSocket);
        List<double> times = [];
        int failed = 0;
        for (int number = 0; number <= questions; number++)
        {
            long start = Stopwatch.GetTimestamp();
            DnsReply? reply = await client.TryAskAsync(string.Create(CultureInfo.InvariantCulture, $"n{number}.example"));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            failed += reply?.Data.SingleOrDefault() == "203.0.113.7" ? 0 : 1;
        }

        await sandbox.DeleteAsync();
        return (times[0], [.. times.Skip(1).Order()], failed);
    }

    private static double At(double[] times, int percentile) => times[Math.Min(times.Length * percentile / 100, times.Length - 1)];

    private static FakeDnsServer Server(TestHost host, int port, Func<byte[], IEnumerable<(TimeSpan Delay, byte[] Datagram)>> answer)
        => new(host.Outside.OpenSocket, new IPEndPoint(IPAddress.Parse(TestHost.OutsideIPv4), port), answer);
}

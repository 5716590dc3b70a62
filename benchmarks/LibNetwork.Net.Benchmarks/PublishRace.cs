using System.Diagnostics;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>What publishing a port adds to an attach, with none and with thousands of others published.</summary>
internal static class PublishRace
{
    private const int WarmUpRounds = 300;   // until the compiler has nothing left to do
    private const int Others = 9_000;
    private const int PerEndpoint = 500;
    private const int FirstOther = 10_000;

    public static async Task RunAsync(int rounds)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web", EnableIPv6 = true });
        await AttachAsync(controller, network, "resident", []);
        await MeasureAsync(controller, network, WarmUpRounds, report: null);
        await MeasureAsync(controller, network, rounds, "with no other port published");
        for (int first = FirstOther; first < FirstOther + Others; first += PerEndpoint)
        {
            await AttachAsync(controller, network, $"c{first}", [.. Enumerable.Range(first, PerEndpoint).Select(port => $"0.0.0.0:{port}:80")]);
        }

        await MeasureAsync(controller, network, rounds, $"with {Others} other ports published");
    }

    private static async Task MeasureAsync(INetworkController controller, INetwork network, int rounds, string? report)
    {
        (string Name, string[] Ports)[] kinds =
        [
            ("nothing", []), ("8080:80 on one address", ["0.0.0.0:8080:80"]), ("8080:80, IPv4 and IPv6", ["8080:80"]), ("53:53/udp", ["53:53/udp"]), ("80", ["80"]),
            ("1000 ports in a row", ["0.0.0.0:2000-2999:2000-2999"]), ("6000 ports in a row", ["0.0.0.0:3000-8999:3000-8999"]),
        ];
        foreach ((string name, string[] ports) in kinds)
        {
            List<double> times = [];
            for (int round = 0; round < rounds; round++)
            {
                ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
                EndpointSpec spec = new() { Name = "one", PortBindings = [.. ports.Select(PortBinding.Parse)] };
                long start = Stopwatch.GetTimestamp();
                await network.AttachAsync(sandbox, spec);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                await sandbox.DeleteAsync();
                await controller.DrainAsync();
            }

            times.Sort();
            if (report is not null)
            {
                Console.WriteLine($"attach, publishing {name}, {report}: {times[times.Count / 2]:F0} us");
            }
        }
    }

    private static async Task AttachAsync(INetworkController controller, INetwork network, string name, IReadOnlyList<string> ports)
        => await network.AttachAsync(
            await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name }),
            new EndpointSpec { Name = name, PortBindings = [.. ports.Select(PortBinding.Parse)] });
}

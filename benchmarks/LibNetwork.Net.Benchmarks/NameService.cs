using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Drives the resolver of a sandbox with dnsperf: names of endpoints, at several numbers of outstanding questions. Needs dnsperf and nsenter.</summary>
internal static class NameService
{
    private const int Names = 5;

    public static async Task RunAsync(int seconds)
    {
        TestHost host = await TestHost.CreateAsync(forwards: true);
        await using (ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider())
        {
            INetworkController controller = services.GetRequiredService<INetworkController>();
            INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web" });
            ISandbox client = await AttachAsync(controller, network, "client");
            for (int number = 0; number < Names; number++)
            {
                await AttachAsync(controller, network, $"name{number}");
            }

            string queries = Path.Combine(host.Folder, "queries");
            await File.WriteAllLinesAsync(queries, Enumerable.Range(0, Names).Select(number => $"name{number} A"));
            await Dnsperf.RunAsync(client.NamespacePath, queries, "-l 3 -c 4 -q 50");   // until the compiler has nothing left to do
            Console.WriteLine($"{"outstanding",12}{"a second",12}{"average us",12}{"lost",8}{"B a query",12}");
            foreach (int outstanding in (int[])[1, 20, 50, 100, 400])
            {
                long before = GC.GetTotalAllocatedBytes();
                Dnsperf perf = await Dnsperf.RunAsync(client.NamespacePath, queries, $"-l {seconds} -c {Math.Min(outstanding, 4)} -q {outstanding}");
                long allocated = GC.GetTotalAllocatedBytes() - before;
                Console.WriteLine(
                    $"{outstanding,12}{perf.PerSecond,12:F0}{perf.Average * 1e6,12:F0}{perf.Lost,8:F0}{(double)allocated / perf.Completed,12:F3}");
            }

            foreach (ISandbox sandbox in controller.Sandboxes)
            {
                await sandbox.DeleteAsync();
            }
        }

        host.Dispose();
    }

    private static async Task<ISandbox> AttachAsync(INetworkController controller, INetwork network, string name)
    {
        ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name });
        await network.AttachAsync(sandbox, new EndpointSpec { Name = name, DnsNames = [name] });
        return sandbox;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Namespaces;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>A restart with many networks and live endpoints: how long until it is ready, how many firewall transactions, how many packets lost.</summary>
internal static class RestartRace
{
    private const int EndpointsPerSandbox = 5;
    private const int Rounds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(int networks)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("libnetwork-restart-");
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        string store = Path.Combine(folder.FullName, "state.db");
        Stopwatch watch = Stopwatch.StartNew();
        (string from, string to, IPAddress target) = await BuildAsync(host, store, networks);
        Console.WriteLine($"built {networks} networks and {networks * EndpointsPerSandbox} live endpoints in {watch.Elapsed.TotalSeconds:F1} s");
        using NetworkNamespace sender = NetworkNamespace.Open(from), receiver = NetworkNamespace.Open(to);
        for (int round = 0; round < Rounds; round++)
        {
            using CancellationTokenSource stop = new();
            Task<(int Sent, int Lost)> stream = Traffic.FlowAsync(sender.OpenSocket, receiver.OpenSocket, target, Patience, stop.Token);
            CommitCounter commits = new();
            watch.Restart();
            await using ServiceProvider services = Start(host, store, commits);
            RestoreReport report = await services.GetRequiredService<INetworkController>().RestoreAsync();
            TimeSpan ready = watch.Elapsed;
            await stop.CancelAsync();
            (int sent, int lost) = await stream;
            Console.WriteLine(
                $"restart {round + 1}: {report.Networks} networks, {report.Endpoints} endpoints ready in {ready.TotalSeconds:F2} s; "
                + $"{commits.Count} firewall transactions; {lost} of {sent} packets lost; {report.Failures.Count} failures, {report.Removed.Count} removed");
        }

        await CleanUpAsync(host, store);
        folder.Delete(recursive: true);
    }

    private static ServiceProvider Start(TestHost host, string store, IKernelObserver? observer = null) => new ServiceCollection()
        .AddLibNetwork(options =>
        {
            (options.HostNamespacePath, options.RunDirectory, options.KernelObserver) = (host.NamespacePath, host.RunDirectory, observer);
        })
        .AddBridgeDriver().AddSqliteStore(store).Services.BuildServiceProvider();

    private static async Task<(string From, string To, IPAddress Target)> BuildAsync(TestHost host, string store, int networks)
    {
        await using ServiceProvider services = Start(host, store);
        INetworkController controller = services.GetRequiredService<INetworkController>();
        List<INetwork> made = [];
        for (int i = 0; i < networks; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            Subnet subnet = Subnet.Parse($"10.{i / 250}.{i % 250}.0/24");
            made.Add(await controller.CreateNetworkAsync(new NetworkSpec { Name = $"n{number}", Pools = [new PoolSpec { Subnet = subnet }] }));
        }

        for (int i = 0; i < networks; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"c{number}" });
            for (int k = 0; k < EndpointsPerSandbox; k++)
            {
                await made[(i + k) % networks].AttachAsync(sandbox, new EndpointSpec { Name = $"c{number}" });
            }
        }

        // Both are on network n1.
        ISandbox from = controller.GetSandbox("c0"), to = controller.GetSandbox("c1");
        return (from.NamespacePath, to.NamespacePath, made[1].GetEndpoint("c1").State.IPv4!.Value.Address);   // its network has IPv4
    }

    private static async Task CleanUpAsync(TestHost host, string store)
    {
        await using ServiceProvider services = Start(host, store);
        INetworkController controller = services.GetRequiredService<INetworkController>();
        await controller.RestoreAsync();
        foreach (ISandbox sandbox in controller.Sandboxes)
        {
            await sandbox.DeleteAsync();
        }

        await controller.DrainAsync();
    }

    private sealed class CommitCounter : IKernelObserver
    {
        private int _markers;

        public int Count => _markers / 2;   // a transaction begins and ends with one

        public void OnRequest(in KernelRequest request)
        {
            if (request.Operation == "commit rule set")
            {
                _markers++;
            }
        }
    }
}

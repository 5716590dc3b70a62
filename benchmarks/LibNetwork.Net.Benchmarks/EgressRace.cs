using System.Diagnostics;
using System.Net;
using LibNetwork.Firewall;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>What an egress policy adds to an attach, and what a found name costs, with none and with a thousand other endpoints that have one.</summary>
internal static class EgressRace
{
    private const int WarmUpRounds = 200;   // until the compiler has nothing left to do
    private const int Others = 1000;

    private static readonly (string Name, EgressPolicy? Policy)[] Kinds =
    [
        ("no policy", null),
        ("nothing allowed", EgressPolicy.DenyAll),
        ("three rules", EgressPolicy.Allow("10.20.0.0/16:5432", "203.0.113.0/24:443", "*:123/udp")),
        ("a name", EgressPolicy.Allow("*.example.org:443")),
    ];

    public static async Task RunAsync(int rounds)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();
        IEgressFirewall firewall = (IEgressFirewall)services.GetRequiredService<INetworkFirewall>();
        INetwork network = await controller.CreateNetworkAsync(new NetworkSpec { Name = "web", EnableIPv6 = true });
        await AttachAsync(controller, network, "resident", null);
        await MeasureAsync(controller, network, firewall, WarmUpRounds, report: null);
        await MeasureAsync(controller, network, firewall, rounds, "no other with a policy");
        foreach ((string name, EgressPolicy? policy) in new[] { Kinds[1], Kinds[2] })
        {
            for (int other = 0; other < Others; other++)
            {
                await AttachAsync(controller, network, $"{other}", policy);
            }

            await MeasureAsync(controller, network, firewall, rounds, $"{Others} others with {name}");
            for (int other = 0; other < Others; other++)
            {
                await controller.DeleteSandboxAsync($"{other}");
            }

            await controller.DrainAsync();
        }
    }

    private static async Task MeasureAsync(INetworkController controller, INetwork network, IEgressFirewall firewall, int rounds, string? report)
    {
        foreach ((string name, EgressPolicy? policy) in Kinds)
        {
            List<double> attaching = [], admitting = [];
            for (int round = 0; round < rounds; round++)
            {
                ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "one" });
                long start = Stopwatch.GetTimestamp();
                IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "one", Egress = policy });
                attaching.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                if (policy?.Allowed is [{ Name: not null } rule, ..])
                {
                    start = Stopwatch.GetTimestamp();
                    await firewall.AdmitAsync(endpoint.Id, [rule], [IPAddress.Parse("203.0.113.7")], TimeSpan.FromMinutes(1));
                    admitting.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }

                await sandbox.DeleteAsync();
                await controller.DrainAsync();
            }

            if (report is not null)
            {
                string admitted = admitting.Count == 0 ? string.Empty : $"; a found address {Median(admitting):F0} us";
                Console.WriteLine($"attach with {name}, {report}: {Median(attaching):F0} us{admitted}");
            }
        }
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private static async Task AttachAsync(INetworkController controller, INetwork network, string name, EgressPolicy? policy)
        => await network.AttachAsync(
            await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name }), new EndpointSpec { Name = name, Egress = policy });
}

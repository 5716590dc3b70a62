using System.Diagnostics;
using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Features;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>Races endpoints on the host's wire against the bare kernel requests for the same interface, on one host of its own.</summary>
internal sealed class WireRace : IAsyncDisposable
{
    private const int WarmUpRounds = 200;   // until the compiler has nothing left to do

    private readonly TestHost _host;
    private readonly ServiceProvider _services;
    private readonly INetworkController _controller;
    private readonly HostKernel _kernel;
    private readonly List<(NetworkNamespace Namespace, RtNetlink Route)> _open = [];
    private int _count;

    private WireRace(TestHost host)
    {
        _host = host;
        _services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (host.NamespacePath, host.RunDirectory))
            .AddMacvlanDriver().AddIpvlanDriver().Services.BuildServiceProvider();
        _controller = _services.GetRequiredService<INetworkController>();
        _kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = host.NamespacePath });
    }

    public static async Task RunAsync(int rounds)
    {
        Console.WriteLine($"{"median of " + rounds,-34}{"floor us",10}{"ours us",10}{"ratio",8}");
        foreach ((string driver, KernelFeature feature) in ((string, KernelFeature)[])[("macvlan", KernelFeature.Macvlan), ("ipvlan", KernelFeature.Ipvlan)])
        {
            if (!feature.IsSupported)
            {
                Console.WriteLine($"{driver}: {feature.Reason}");
                continue;
            }

            await using WireRace race = new(await TestHost.CreateAsync());
            await race.RaceAsync(driver, rounds);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _kernel.DisposeAsync();
        _host.Dispose();
    }

    private async Task RaceAsync(string driver, int rounds)
    {
        INetwork network = await _controller.CreateNetworkAsync(new NetworkSpec
        {
            Name = driver, Driver = driver, EnableIPv6 = true, Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["parent"] = TestHost.WireName },
            Pools = [new PoolSpec { Subnet = Subnet.Parse("10.100.0.0/16") }, new PoolSpec { Subnet = Subnet.Parse("fd00:100::/64") }],
        });
        Contest[] contests =
        [
            new($"{driver}: attach to a sandbox", () => AttachAsync(network), async () => await ConnectAsync(driver)),
            new($"{driver}: leave (caller's time)", () => LeaveAsync(network)),
        ];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            foreach (Contest contest in contests)
            {
                await contest.RunAsync(counts: round >= 0, ClearAsync);
            }
        }

        foreach (Contest contest in contests)
        {
            contest.Print();
        }
    }

    private async Task<double> AttachAsync(INetwork network)
    {
        ISandbox sandbox = await NewSandboxAsync();
        long start = Stopwatch.GetTimestamp();
        await network.AttachAsync(sandbox, new EndpointSpec { Name = sandbox.ContainerId });
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        await sandbox.DeleteAsync();
        return time;
    }

    private async Task<double> LeaveAsync(INetwork network)
    {
        ISandbox sandbox = await NewSandboxAsync();
        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = sandbox.ContainerId });
        long start = Stopwatch.GetTimestamp();
        await endpoint.DeleteAsync(force: true);
        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        await sandbox.DeleteAsync();
        return time;
    }

    // Without a resolver, as the floor has none.
    private Task<ISandbox> NewSandboxAsync()
        => _controller.CreateSandboxAsync(new SandboxSpec { ContainerId = $"c{++_count}", Dns = new SandboxDns { IsEnabled = false } });

    /// <summary>The interface inside a namespace that is there already, up, with addresses and default routes; in microseconds.</summary>
    private ValueTask<double> ConnectAsync(string driver) => _kernel.RunAsync(
        static (session, state) =>
        {
            NetworkNamespace inside = NetworkNamespace.Create();
            RtNetlink route = session.OpenRoute(inside);
            state.self._open.Add((inside, route));
            route.Batch.ChangeLink(1, new LinkChange { Up = true });
            route.Execute();
            int parent = session.Route.FindLink(TestHost.WireName)!.Index;   // every host has one
            long start = Stopwatch.GetTimestamp();
            Connect(session.Route, route, inside, state.driver, parent);
            return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        },
        (self: this, driver));

    private static void Connect(RtNetlink host, RtNetlink route, NetworkNamespace inside, string driver, int parent)
    {
        const int Interface = 1000;   // older kernels (6.1) take none that a link of the host has
        if (driver == "macvlan")
        {
            host.Batch.CreateMacvlan(new MacvlanLinkSpec { Name = "eth0", Index = Interface, Parent = parent, Mode = MacvlanMode.Bridge, NamespaceDescriptor = inside.Descriptor });
        }
        else
        {
            host.Batch.CreateIpvlan(new IpvlanLinkSpec { Name = "eth0", Index = Interface, Parent = parent, Mode = IpvlanMode.L2, NamespaceDescriptor = inside.Descriptor });
        }

        host.Execute();
        route.Batch.ChangeLink(Interface, new LinkChange { Up = true });
        route.Batch.AddAddress(Interface, IPAddress.Parse("10.251.0.2"), 16);
        route.Batch.AddAddress(Interface, IPAddress.Parse("fd00:251::2"), 64);
        route.Batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("0.0.0.0/0"), Gateway = IPAddress.Parse("10.251.0.1"), OutputInterface = Interface });
        route.Batch.AddRoute(new RouteSpec { Destination = IPNetwork.Parse("::/0"), Gateway = IPAddress.Parse("fd00:251::1"), OutputInterface = Interface });
        route.Execute();
    }

    private async Task ClearAsync()
    {
        await _controller.DrainAsync();
        foreach ((NetworkNamespace inside, RtNetlink route) in _open)
        {
            route.Dispose();
            inside.Dispose();
        }

        _open.Clear();
        Quiet.For(Quiet.AfterTeardown);
    }
}

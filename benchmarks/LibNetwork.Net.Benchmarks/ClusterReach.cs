using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Cluster;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>
/// Three hosts on one wire with real etcd on a fourth: the time from a join's return until containers on both other hosts get its address from their resolvers, and
/// until all agree after a host was cut off from etcd for 30 seconds.
/// </summary>
internal sealed class ClusterReach : IAsyncDisposable
{
    private const int Hosts = 3, WarmUp = 20;
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(30);

    private readonly Underlay _underlay;
    private readonly EtcdMembers _etcd;
    private readonly List<ServiceProvider> _services = [];
    private readonly List<ISandbox> _askers = [];

    private ClusterReach(Underlay underlay, EtcdMembers etcd) => (_underlay, _etcd) = (underlay, etcd);

    public static async Task RunAsync(int rounds)
    {
        Underlay underlay = await Underlay.CreateAsync(Hosts + 1);
        await using ClusterReach reach = new(underlay, await EtcdMembers.StartAsync(3, inside: underlay.Hosts[Hosts].Namespace, address: Underlay.IPv4(Hosts).ToString()));
        for (int host = 0; host < Hosts; host++)
        {
            await reach.StartAsync(host);
        }

        List<double> times = [];
        for (int round = -WarmUp; round < rounds; round++)
        {
            string name = $"c{round + WarmUp}";
            int host = Math.Abs(round) % Hosts;
            ISandbox sandbox = await reach.JoinAsync(host, name);
            long joined = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Hosts).Where(other => other != host).Select(other => reach.FoundAsync(other, name)));
            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(joined).TotalMilliseconds);
            }

            await sandbox.DeleteAsync();
        }

        times.Sort();
        Console.WriteLine($"join until found by name on two other hosts: p50 {times[times.Count / 2]:F1} ms, p90 {times[times.Count * 90 / 100]:F1} ms, "
            + $"p99 {times[times.Count * 99 / 100]:F1} ms, most {times[^1]:F1} ms ({rounds} joins)");
        for (int round = 0; round < 3; round++)
        {
            await reach.CutAndHealAsync(round);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProvider services in _services)
        {
            foreach (ISandbox sandbox in services.GetRequiredService<INetworkController>().Sandboxes)
            {
                await sandbox.DeleteAsync();
            }

            await services.DisposeAsync();
        }

        await _etcd.DisposeAsync();
        _underlay.Dispose();
        foreach (TestHost host in _underlay.Hosts.Reverse())
        {
            host.Dispose();
        }
    }

    private async Task StartAsync(int host)
    {
        TestHost place = _underlay.Hosts[host];
        ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory) = (place.NamespacePath, place.RunDirectory))
            .AddOverlayDriver(options => options.AdvertiseAddress = Underlay.IPv4(host))
            .AddEtcdStore(options => (options.Endpoints, options.OpenSocket) = (_etcd.Endpoints, family => place.Namespace.OpenSocket(family, SocketType.Stream, ProtocolType.Tcp)))
            .AddCluster(options => (options.NodeId, options.NodeName, options.AdvertiseAddress) = (new NodeId($"host{host}"), $"host {host}", Underlay.IPv4(host)))
            .Services.BuildServiceProvider();
        _services.Add(services);
        INetworkController controller = services.GetRequiredService<INetworkController>();
        await controller.RestoreAsync();
        if (host == 0)
        {
            await controller.CreateNetworkAsync(new NetworkSpec { Name = "shared", Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/16") }] });
        }

        while (!controller.TryGetNetwork("shared", out _))
        {
            await Task.Delay(1);
        }

        _askers.Add(await JoinAsync(host, $"asker{host}"));
    }

    private async Task<ISandbox> JoinAsync(int host, string name)
    {
        INetworkController controller = _services[host].GetRequiredService<INetworkController>();
        ISandbox sandbox = await controller.CreateSandboxAsync(new SandboxSpec { ContainerId = name });
        await controller.GetNetwork("shared").AttachAsync(sandbox, new EndpointSpec { Name = name, DnsNames = [name] });
        return sandbox;
    }

    private async Task FoundAsync(int host, string name)
    {
        DnsClient client = new(_askers[host].OpenSocket);
        while ((await client.AskAsync($"{name}.shared", DnsRecordType.A)).Answers.Count == 0)
        {
            await Task.Delay(1);
        }
    }

    private async Task CutAndHealAsync(int round)
    {
        await Nft.RunAsync(_underlay.Hosts[0], "add table inet cut; add chain inet cut out { type filter hook output priority 0; }; add rule inet cut out tcp dport 2379-2381 drop");
        await Task.Delay(Cut);
        await JoinAsync(1, $"meanwhile{round}");
        await Nft.RunAsync(_underlay.Hosts[0], "delete table inet cut");
        long healed = Stopwatch.GetTimestamp();
        await Task.WhenAll(FoundAsync(0, $"meanwhile{round}"), FoundAsync(1, "asker0"), FoundAsync(2, "asker0"));
        IClusterNode node = _services[0].GetRequiredService<IClusterNode>();
        while (node.Connection != ClusterConnection.Connected || node.Peers.Any(static peer => peer.SilentSince is not null))
        {
            await Task.Delay(1);
        }

        Console.WriteLine($"cut off for {Cut.TotalSeconds:F0} s, then healed: all agree after {Stopwatch.GetElapsedTime(healed).TotalMilliseconds:F0} ms");
    }
}

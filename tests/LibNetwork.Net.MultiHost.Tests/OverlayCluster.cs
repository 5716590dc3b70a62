using System.Net;
using System.Net.Sockets;
using LibNetwork.Cluster;
using LibNetwork.Drivers.Overlay;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.MultiHost.Tests;

/// <summary>Hosts on one wire with the overlay driver, and real etcd on one more machine on that wire, which each host can be cut off from while it still reaches the others.</summary>
internal sealed class OverlayCluster : IAsyncDisposable
{
    public const string NetworkName = "shared";

    public static readonly TimeSpan Presence = TimeSpan.FromSeconds(2), Holding = TimeSpan.FromSeconds(60);

    private readonly Underlay _underlay;
    private readonly EtcdMembers _etcd;
    private readonly ServiceProvider?[] _processes;

    private OverlayCluster(Underlay underlay, EtcdMembers etcd)
    {
        (_underlay, _etcd) = (underlay, etcd);
        _processes = new ServiceProvider?[underlay.Hosts.Count - 1];
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<OverlayCluster> CreateAsync(int hosts)
    {
        Underlay underlay = await Underlay.CreateAsync(hosts + 1);
        EtcdMembers etcd = await EtcdMembers.StartAsync(inside: underlay.Hosts[hosts].Namespace, address: Underlay.IPv4(hosts).ToString());
        OverlayCluster cluster = new(underlay, etcd);
        for (int host = 0; host < hosts; host++)
        {
            await cluster.StartAsync(host);
            await cluster.Controller(host).RestoreAsync(Cancel);
        }

        await cluster.Controller(0).CreateNetworkAsync(Spec, Cancel);
        for (int host = 1; host < hosts; host++)
        {
            await cluster.AppearsAsync(host);
        }

        return cluster;
    }

    public INetworkController Controller(int host) => Process(host).GetRequiredService<INetworkController>();

    public IClusterNode Node(int host) => Process(host).GetRequiredService<IClusterNode>();

    public INetwork Network(int host) => Controller(host).GetNetwork(NetworkName);

    /// <summary>Puts a container on the network; its address is the host's number and then the container's.</summary>
    public async Task<(ISandbox Sandbox, IEndpoint Endpoint)> RunAsync(int host, string name, int number, params string[] aliases)
    {
        ISandbox sandbox = await Controller(host).CreateSandboxAsync(new SandboxSpec { ContainerId = name }, Cancel);
        return (sandbox, await Network(host).AttachAsync(sandbox, SpecOf(host, name, number, aliases), cancellationToken: Cancel));
    }

    public static EndpointSpec SpecOf(int host, string name, int number, params string[] aliases)
        => new() { Name = name, DnsNames = [name, .. aliases], IPv4Address = IPAddress.Parse(AddressOf(host, number)) };

    public static string AddressOf(int host, int number) => $"10.9.{host + 1}.{number}";

    /// <summary>Nothing passes between a host and etcd.</summary>
    public Task CutAsync(int host) => Nft.RunAsync(
        _underlay.Hosts[host], "add table inet cut; add chain inet cut out { type filter hook output priority 0; }; add rule inet cut out tcp dport 2379 drop");

    public Task HealAsync(int host) => Nft.RunAsync(_underlay.Hosts[host], "delete table inet cut");

    /// <summary>The process dies without a word; what is in the kernel stays.</summary>
    public async Task KillAsync(int host)
    {
        // Only a process that cannot reach the store ends without giving back its leases or saying anything else.
        await CutAsync(host);
        await Process(host).DisposeAsync();
        _processes[host] = null;
        await HealAsync(host);
    }

    public Task StartAsync(int host)
    {
        TestHost place = _underlay.Hosts[host];
        ILibNetworkBuilder builder = new ServiceCollection().AddLibNetwork(options =>
        {
            (options.HostNamespacePath, options.RunDirectory, options.Reconcile) = (place.NamespacePath, place.RunDirectory, false);
            options.ResolvConfPath = Path.Combine(place.Folder, "resolv.conf");
        })
            .AddOverlayDriver(options => options.AdvertiseAddress = Underlay.IPv4(host))
            .AddEtcdStore(options => (options.Endpoints, options.OpenSocket, options.RequestTimeout) =
                (_etcd.Endpoints, family => place.Namespace.OpenSocket(family, SocketType.Stream, ProtocolType.Tcp), TimeSpan.FromSeconds(1)))
            .AddCluster(options => (options.NodeId, options.NodeName, options.AdvertiseAddress, options.PresenceDuration, options.HoldingDuration) =
                (new NodeId($"host{host}"), $"host {host}", Underlay.IPv4(host), Presence, Holding))
            .AddSqliteStore(Path.Combine(place.Folder, "state.db"));
        _processes[host] = builder.Services.BuildServiceProvider();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProvider? process in _processes)
        {
            if (process is not null)
            {
                foreach (ISandbox sandbox in process.GetRequiredService<INetworkController>().Sandboxes)
                {
                    await sandbox.DeleteAsync(CancellationToken.None);
                }

                await process.DisposeAsync();
            }
        }

        await _etcd.DisposeAsync();
        _underlay.Dispose();
        foreach (TestHost host in _underlay.Hosts.Reverse())
        {
            host.Dispose();
        }
    }

    private ServiceProvider Process(int host) => _processes[host] ?? throw new InvalidOperationException($"host {host} is down");

    private static NetworkSpec Spec => new() { Name = NetworkName, Driver = "overlay", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/16") }] };

    /// <summary>What one host has created is on the others.</summary>
    private async Task AppearsAsync(int host)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Waiting.Patience);
        while (!Controller(host).TryGetNetwork(NetworkName, out _))
        {
            await Task.Delay(5, limit.Token);
        }
    }
}

using System.Diagnostics;
using System.Net;
using LibNetwork.Cluster;
using LibNetwork.Linux.Features;
using LibNetwork.ServiceDiscovery;
using LibNetwork.TestSupport;

namespace LibNetwork.MultiHost.Tests;

/// <summary>Containers of three hosts on one network, with real etcd and real packets: nobody but the library tells the hosts of each other.</summary>
[Trait("Category", "Kernel")]
public sealed class OverlayClusterTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private OverlayCluster _cluster = null!;   // InitializeAsync sets it

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(EtcdMembers.IsInstalled, "etcd is not installed");
        Assert.SkipUnless(KernelFeature.Vxlan.IsSupported, KernelFeature.Vxlan.Reason ?? string.Empty);
        _cluster = await OverlayCluster.CreateAsync(hosts: 3);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact, Trait("Feature", "OV-05"), Trait("Feature", "ND-06")]
    public async Task Containers_of_three_hosts_find_and_reach_each_other_by_name_and_who_leaves_is_not_found()
    {
        (ISandbox one, IEndpoint web) = await _cluster.RunAsync(0, "web", 5, "www");
        (ISandbox two, _) = await _cluster.RunAsync(1, "db", 6);
        (ISandbox three, _) = await _cluster.RunAsync(2, "job", 7);

        // Who joins knows of those that were there, when its join returns.
        Assert.Equal(OverlayCluster.AddressOf(0, 5), await AskAsync(three, "web"));
        Assert.Equal(OverlayCluster.AddressOf(1, 6), await AskAsync(three, "db"));
        await UntilAsync(async () => await AskAsync(one, "job") is not null && await AskAsync(two, "job") is not null);
        Assert.True(await Ping.SendAsync(three.OpenSocket, OverlayCluster.AddressOf(0, 5)));
        Assert.True(await Ping.SendAsync(three.OpenSocket, OverlayCluster.AddressOf(1, 6)));
        Assert.True(await Ping.SendAsync(one.OpenSocket, OverlayCluster.AddressOf(2, 7)));
        Assert.Equal(OverlayCluster.AddressOf(0, 5), await AskAsync(two, "www.shared"));
        Assert.Equal(2, _cluster.Network(0).RemoteEndpoints.Count);

        await web.UpdateDnsNamesAsync(["shop"], Cancel);
        await UntilAsync(async () => await AskAsync(two, "shop") is not null && await AskAsync(two, "web") is null);
        await web.LeaveAsync(one, Cancel);
        await UntilAsync(async () => await AskAsync(two, "shop") is null && await AskAsync(three, "shop") is null);
        Assert.False(await Ping.SendAsync(two.OpenSocket, OverlayCluster.AddressOf(0, 5), expected: false));
        Assert.Empty(_cluster.Network(0).RemoteEndpoints);
        Assert.Single(_cluster.Network(1).RemoteEndpoints);
    }

    [Fact, Trait("Feature", "ND-05")]
    public async Task A_host_that_is_cut_off_from_etcd_keeps_its_traffic_and_names_and_agrees_again_by_itself()
    {
        (ISandbox one, _) = await _cluster.RunAsync(0, "web", 5);
        (ISandbox two, _) = await _cluster.RunAsync(1, "db", 6);
        await UntilAsync(async () => await AskAsync(one, "db") is not null);

        ISandbox late = await _cluster.Controller(0).CreateSandboxAsync(new SandboxSpec { ContainerId = "late" }, Cancel);
        IEndpoint waiting = await _cluster.Network(0).CreateEndpointAsync(OverlayCluster.SpecOf(0, "late", 8), Cancel);   // an address takes etcd

        await _cluster.CutAsync(0);
        await UntilAsync(async () => _cluster.Node(0).Connection == ClusterConnection.CutOff && await AskAsync(two, "web") is null);

        // Not the names of who may be dead, but the way to it.
        Assert.Equal(OverlayCluster.AddressOf(1, 6), await AskAsync(one, "db"));
        Assert.NotNull(Assert.Single(_cluster.Network(0).RemoteEndpoints).SilentSince);
        Assert.True(await Ping.SendAsync(one.OpenSocket, OverlayCluster.AddressOf(1, 6)));
        Assert.True(await Ping.SendAsync(two.OpenSocket, OverlayCluster.AddressOf(0, 5)));
        await waiting.JoinAsync(late, cancellationToken: Cancel);   // joining does not
        Assert.Equal(OverlayCluster.AddressOf(1, 6), await AskAsync(late, "db"));
        Assert.True(await Ping.SendAsync(late.OpenSocket, OverlayCluster.AddressOf(0, 5)));
        await _cluster.RunAsync(1, "new", 9);

        await _cluster.HealAsync(0);
        await UntilAsync(async () => await AskAsync(two, "late") is not null && await AskAsync(two, "web") is not null && await AskAsync(one, "new") is not null
            && _cluster.Network(0).RemoteEndpoints.All(static endpoint => endpoint.SilentSince is null));

        Assert.True(await Ping.SendAsync(two.OpenSocket, OverlayCluster.AddressOf(0, 8)));
    }

    [Fact, Trait("Feature", "ND-04")]
    public async Task A_host_whose_process_dies_is_not_found_by_name_within_its_presence_and_its_next_process_takes_up_where_it_was()
    {
        await _cluster.RunAsync(0, "web", 5);
        (ISandbox two, _) = await _cluster.RunAsync(1, "db", 6);
        (ISandbox three, _) = await _cluster.RunAsync(2, "job", 7);
        await UntilAsync(async () => await AskAsync(two, "job") is not null);
        Assert.NotNull(await AskAsync(two, "web"));

        await _cluster.KillAsync(0);
        await UntilAsync(async () => await AskAsync(two, "web") is null && await AskAsync(three, "web") is null);
        Assert.Equal(OverlayCluster.AddressOf(2, 7), await AskAsync(two, "job"));   // the control
        Assert.True(await Ping.SendAsync(two.OpenSocket, OverlayCluster.AddressOf(0, 5)));   // its containers live

        await _cluster.StartAsync(0);
        await _cluster.Controller(0).RestoreAsync(Cancel);
        await UntilAsync(async () => await AskAsync(two, "web") is not null);
        Assert.True(await Ping.SendAsync(two.OpenSocket, OverlayCluster.AddressOf(0, 5)));
        Assert.Equal(2, _cluster.Network(0).RemoteEndpoints.Count);
    }

    private static async Task<string?> AskAsync(ISandbox sandbox, string name)
        => (await new DnsClient(sandbox.OpenSocket).AskAsync(name, DnsRecordType.A)).Answers.FirstOrDefault(static record => record.Type == DnsRecordType.A)?.Data;

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(waited.Elapsed < Patience, "what was waited for does not happen");
            await Task.Delay(20, Cancel);
        }
    }
}

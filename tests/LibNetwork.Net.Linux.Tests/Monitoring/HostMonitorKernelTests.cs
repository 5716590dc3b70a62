using System.Net;
using LibNetwork.Linux.Monitoring;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Monitoring;

[Trait("Category", "Kernel")]
public sealed class HostMonitorKernelTests
{
    private const int Bridge = 50;
    private const int Port = 51;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_added_gives_no_hint_and_what_is_taken_away_does()
    {
        await using TestHost host = TestHost.Open();
        using HostMonitor monitor = await MonitorAsync(host);
        await host.RunAsync(static session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "b0", Index = Bridge, Up = true });
            session.Route.Batch.AddAddress(Bridge, IPAddress.Parse("10.1.0.1"), 16);
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "p0", Index = Port, Master = Bridge, Up = true, PeerName = "p1", PeerIndex = 52 });
            session.Route.Batch.ChangeLink(52, new LinkChange { Up = true });
            session.Route.Execute();
        });
        HostChanges added = await ReadAsync(monitor);
        await host.RunAsync(static session =>
        {
            session.Route.Batch.ChangeLink(Port, new LinkChange { Master = 0 });
            session.Route.Batch.ChangeLink(52, new LinkChange { Up = false });
            session.Route.Batch.RemoveAddress(Bridge, IPAddress.Parse("10.1.0.1"), 16);
            session.Route.Execute();
        });
        HostChanges taken = await ReadAsync(monitor);

        Assert.False(added.Overrun || taken.Overrun);
        Assert.Empty(added.Links);
        Assert.Empty(added.Interfaces);
        Assert.Superset(new HashSet<string> { "p0", "p1" }, taken.Links.ToHashSet());
        Assert.Contains(Bridge, taken.Interfaces);
    }

    [Fact]
    public async Task Links_that_are_condemned_give_no_hint()
    {
        await using TestHost host = TestHost.Open();
        using HostMonitor monitor = await MonitorAsync(host);
        await host.RunAsync(static session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "b0", Index = Bridge, Up = true });
            session.Route.Batch.CreateVeth(new VethLinkSpec { Name = "p0", Index = Port, Master = Bridge, Up = true, PeerName = "p1" });
            session.Route.Batch.ChangeLink("p1", new LinkChange { Up = true });
            session.Route.Execute();
            session.Route.Batch.ChangeLink(Port, new LinkChange { Up = false, Group = LinkReaper.CondemnedGroup });
            session.Route.Execute();
            session.Reaper.Notify();
        });
        await host.Kernel.Reaper.DrainAsync().WaitAsync(Cancel);

        HostChanges changes = await ReadAsync(monitor);

        Assert.DoesNotContain("p0", changes.Links);
    }

    [Fact]
    public async Task What_happens_in_another_namespace_is_heard_by_its_number()
    {
        await using TestHost host = TestHost.Open();
        using NetworkNamespace inside = NetworkNamespace.Create();
        using NetworkNamespace unknown = NetworkNamespace.Create();
        using HostMonitor monitor = await MonitorAsync(host);
        Assert.SkipUnless(monitor.SeesOtherNamespaces, "the process lacks CAP_NET_BROADCAST");
        (int first, int again) = await host.RunAsync(session => (session.Route.IdentifyNamespace(inside), session.Route.IdentifyNamespace(inside)));
        foreach (NetworkNamespace place in new[] { unknown, inside })
        {
            await host.RunAsync(session =>
            {
                using RtNetlink route = session.OpenRoute(place);
                route.Batch.ChangeLink("lo", new LinkChange { Up = true });
                route.Batch.ChangeLink("lo", new LinkChange { Up = false });
                route.Execute();
            });
        }

        HostChanges changes = await ReadAsync(monitor);

        Assert.Equal(first, again);
        Assert.Equal([first], changes.Namespaces);
        Assert.Empty(changes.Links);
    }

    [Fact]
    public async Task Changes_of_packet_rules_are_told_by_table_unless_they_are_ones_own()
    {
        await using TestHost host = TestHost.Open();
        using HostMonitor monitor = await MonitorAsync(host);
        await ChangeAsync(host.Kernel, "ours");
        await using HostKernel other = HostKernel.Open(new HostKernelOptions { NamespacePath = host.PathOf("host") });
        await ChangeAsync(other, "theirs");

        HostChanges changes = await ReadAsync(monitor);

        Assert.Equal(["theirs"], changes.Tables);
    }

    [Fact]
    public async Task Forwarding_that_is_turned_off_is_told()
    {
        await using TestHost host = TestHost.Open();
        await host.RunAsync(static session => session.WriteSysctl(session.HostNamespace, "net/ipv6/conf/all/forwarding", "1"));
        using HostMonitor monitor = await MonitorAsync(host);
        await host.RunAsync(static session => session.WriteSysctl(session.HostNamespace, "net/ipv4/ip_forward", "1"));
        bool whenOn = (await ReadAsync(monitor)).ForwardingTurnedOff;
        await host.RunAsync(static session => session.WriteSysctl(session.HostNamespace, "net/ipv4/ip_forward", "0"));
        bool whenOff4 = (await ReadAsync(monitor)).ForwardingTurnedOff;
        await host.RunAsync(static session => session.WriteSysctl(session.HostNamespace, "net/ipv6/conf/all/forwarding", "0"));
        bool whenOff6 = (await ReadAsync(monitor)).ForwardingTurnedOff;

        Assert.Equal((false, true, true), (whenOn, whenOff4, whenOff6));
    }

    [Fact]
    public async Task A_slow_reader_is_told_of_the_overrun_and_reads_on()
    {
        await using TestHost host = TestHost.Open();
        using HostMonitor monitor = await host.RunAsync(static session => HostMonitor.Open(session.HostNamespace, session.Nftables, queueBytes: 64 * 1024));
        await host.RunAsync(static session =>
        {
            for (int i = 0; i < 400; i++)
            {
                session.Route.Batch.ChangeLink("lo", new LinkChange { Mtu = (uint)(1000 + i) });
            }

            session.Route.Execute();
        });
        HostChanges lost = await ReadAsync(monitor);
        await ChangeAsync(host.Kernel, "ours");
        await host.RunAsync(static session =>
        {
            session.Route.Batch.ChangeLink("lo", new LinkChange { Up = true });
            session.Route.Batch.ChangeLink("lo", new LinkChange { Up = false });
            session.Route.Execute();
        });
        HostChanges after = await ReadAsync(monitor);

        Assert.True(lost.Overrun);
        Assert.False(after.Overrun);
        Assert.Equal(["lo"], after.Links);
    }

    private static ValueTask<HostMonitor> MonitorAsync(TestHost host) => host.RunAsync(static session => HostMonitor.Open(session.HostNamespace, session.Nftables));

    /// <summary>Reads once the kernel has told everything that it tells a moment later.</summary>
    private static async Task<HostChanges> ReadAsync(HostMonitor monitor)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), Cancel);
        return monitor.Read();
    }

    private static Task<bool> ChangeAsync(HostKernel kernel, string table) => kernel.RunAsync(
        static (session, table) =>
        {
            NftTransaction transaction = session.Nftables.Begin();
            transaction.AddTable(NftFamily.Inet, table);
            transaction.AddSet(NftFamily.Inet, table, new NftSetSpec { Name = "names", Key = [NftDataType.IfName] });
            transaction.AddElement(NftFamily.Inet, table, "names", NftElement.Of("eth0"));
            session.Nftables.Commit(transaction);
            return true;
        },
        table,
        Cancel).AsTask();
}

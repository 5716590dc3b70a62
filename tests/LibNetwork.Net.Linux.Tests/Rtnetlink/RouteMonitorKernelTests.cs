using System.Net;
using System.Net.NetworkInformation;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests.Rtnetlink;

[Trait("Category", "Kernel")]
public sealed class RouteMonitorKernelTests
{
    private static readonly PhysicalAddress Station = PhysicalAddress.Parse("02-42-0A-00-00-02");

    [Fact]
    public async Task Each_kind_of_event_is_told_in_order()
    {
        await using TestHost host = TestHost.Open();
        using RouteMonitor monitor = RouteMonitor.Open(host.Kernel.HostNamespace);
        await host.RunAsync(static session =>
        {
            RtNetlink route = session.Route;
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "b0", Index = 50, Up = true });
            route.Batch.CreateVxlan(new VxlanLinkSpec { Name = "vx0", Index = 51, Vni = 5 });
            route.Batch.ChangeLink(50, new LinkChange { Mtu = 1400 });
            route.Batch.AddAddress(50, IPAddress.Parse("10.1.0.1"), 16);
            RouteSpec spec = new() { Destination = IPNetwork.Parse("10.9.0.0/16"), Gateway = IPAddress.Parse("10.1.0.9"), OutputInterface = 50 };
            route.Batch.AddRoute(spec);
            route.Batch.ReplaceRoute(spec with { Gateway = IPAddress.Parse("10.1.0.8") });
            route.Batch.RemoveRoute(spec with { Gateway = null });
            route.Batch.AddNeighbour(50, IPAddress.Parse("10.1.0.7"), Station);
            route.Batch.RemoveNeighbour(50, IPAddress.Parse("10.1.0.7"));
            route.Batch.AddForwardingEntry(51, Station, IPAddress.Parse("10.1.0.6"));
            route.Batch.RemoveForwardingEntry(51, Station);
            route.Batch.RemoveAddress(50, IPAddress.Parse("10.1.0.1"), 16);
            route.Batch.DeleteLink(50);
            route.Execute();
        });

        Queue<Func<RouteEvent, bool>> awaited = new(
        [
            static e => e is { Kind: RouteEventKind.LinkAdded, Link: { Name: "b0", Kind: "bridge" } },
            static e => e is { Kind: RouteEventKind.LinkChanged, Link: { Name: "b0", Mtu: 1400 } },
            static e => e is { Kind: RouteEventKind.AddressAdded, Address: { Index: 50, PrefixLength: 16 } },
            static e => e is { Kind: RouteEventKind.RouteAdded, Route.Destination.PrefixLength: 16, Route.Gateway: not null },
            static e => e is { Kind: RouteEventKind.RouteReplaced, Route.Gateway: not null },
            static e => e is { Kind: RouteEventKind.RouteRemoved },
            static e => e is { Kind: RouteEventKind.NeighbourChanged, Neighbour.Index: 50 },
            static e => e is { Kind: RouteEventKind.NeighbourRemoved, Neighbour.Index: 50 },
            static e => e is { Kind: RouteEventKind.ForwardingEntryChanged, ForwardingEntry: { Index: 51, Remote: not null } },
            static e => e is { Kind: RouteEventKind.ForwardingEntryRemoved, ForwardingEntry.Index: 51 },
            static e => e is { Kind: RouteEventKind.AddressRemoved, Address.Index: 50 },
            static e => e is { Kind: RouteEventKind.LinkRemoved, Link.Index: 50 },
        ]);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        await foreach (RouteEvent happened in monitor.WithCancellation(patience.Token))
        {
            if (awaited.Peek()(happened))
            {
                awaited.Dequeue();
            }

            if (awaited.Count == 0)
            {
                break;
            }
        }

        Assert.Empty(awaited);
    }

    [Fact]
    public async Task A_slow_reader_is_told_of_the_overrun_and_reads_on()
    {
        await using TestHost host = TestHost.Open();
        using RouteMonitor monitor = RouteMonitor.Open(host.Kernel.HostNamespace, queueBytes: 4096);
        await host.RunAsync(static session =>
        {
            for (int i = 0; i < 200; i++)
            {
                session.Route.Batch.ChangeLink("lo", new LinkChange { Mtu = (uint)(1000 + i) });
            }

            session.Route.Execute();
        });

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        List<RouteEvent> seen = [];
        await foreach (RouteEvent happened in monitor.WithCancellation(patience.Token))
        {
            seen.Add(happened);
            if (happened.Kind == RouteEventKind.Overrun)
            {
                // Whatever happens from here on is told: the queue is empty again.
                await host.RunAsync(static session =>
                {
                    session.Route.Batch.ChangeLink("lo", new LinkChange { Mtu = 5000 });
                    session.Route.Execute();
                });
            }
            else if (happened.Link?.Mtu == 5000)
            {
                break;
            }
        }

        Assert.Equal([RouteEventKind.Overrun, RouteEventKind.LinkChanged], seen.Select(static happened => happened.Kind));
    }

    [Fact]
    public async Task Disposing_ends_the_reading_and_cancelling_cancels_it()
    {
        await using TestHost host = TestHost.Open();
        RouteMonitor monitor = RouteMonitor.Open(host.Kernel.HostNamespace);

        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAllAsync(monitor, soon.Token));
        Task<int> reading = ReadAllAsync(monitor, TestContext.Current.CancellationToken);
        monitor.Dispose();

        Assert.Equal(0, await reading.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    private static async Task<int> ReadAllAsync(RouteMonitor monitor, CancellationToken cancellationToken)
    {
        int count = 0;
        await foreach (RouteEvent _ in monitor.WithCancellation(cancellationToken))
        {
            count++;
        }

        return count;
    }
}

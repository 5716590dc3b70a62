using System.Net;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Reconciliation;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What others remove is put back, and said; without the watching it stays away.</summary>
[Trait("Category", "Kernel")]
public sealed class ReconciliationTests
{
    public enum Disturbance
    {
        RulesetFlushed,
        OurTablesDeleted,
        ChainFlushed,
        RuleAdded,
        ElementRemoved,
        ForeignElement,
        BaseChainDeleted,
        BridgeDown,
        BridgeDeleted,
        BridgeAddressesRemoved,
        BridgeMtu,
        BridgeMark,
        BridgeRenamed,
        BridgeListensToRouters,
        BridgeWithoutIPv6,
        BridgeWithoutLoopbackRouting,
        SubnetRouteRemoved,
        ForwardingOff,
        AllForwardingOff,
        PortDeleted,
        PortDown,
        PortTakenOff,
        PortOnAnotherBridge,
        InterfaceDeleted,
        InterfaceDown,
        InterfaceRenamed,
        AddressesRemoved,
        DefaultRouteRemoved,
        DefaultRouteIPv6Removed,
        LoopbackDown,
    }

    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<Disturbance, FindingKind> Disturbances => new()
    {
        { Disturbance.RulesetFlushed, FindingKind.FirewallChanged },
        { Disturbance.OurTablesDeleted, FindingKind.FirewallChanged },
        { Disturbance.ChainFlushed, FindingKind.FirewallChanged },
        { Disturbance.RuleAdded, FindingKind.FirewallChanged },
        { Disturbance.ElementRemoved, FindingKind.FirewallChanged },
        { Disturbance.ForeignElement, FindingKind.FirewallChanged },
        { Disturbance.BaseChainDeleted, FindingKind.FirewallChanged },
        { Disturbance.BridgeDown, FindingKind.LinkDown },
        { Disturbance.BridgeDeleted, FindingKind.LinkMissing },
        { Disturbance.BridgeAddressesRemoved, FindingKind.AddressMissing },
        { Disturbance.BridgeMtu, FindingKind.LinkChanged },
        { Disturbance.BridgeMark, FindingKind.LinkChanged },
        { Disturbance.BridgeRenamed, FindingKind.LinkChanged },
        { Disturbance.BridgeListensToRouters, FindingKind.SysctlChanged },
        { Disturbance.BridgeWithoutIPv6, FindingKind.SysctlChanged },
        { Disturbance.BridgeWithoutLoopbackRouting, FindingKind.SysctlChanged },
        { Disturbance.SubnetRouteRemoved, FindingKind.RouteMissing },
        { Disturbance.ForwardingOff, FindingKind.SysctlChanged },
        { Disturbance.AllForwardingOff, FindingKind.SysctlChanged },
        { Disturbance.PortDeleted, FindingKind.LinkMissing },
        { Disturbance.PortDown, FindingKind.LinkDown },
        { Disturbance.PortTakenOff, FindingKind.PortDetached },
        { Disturbance.PortOnAnotherBridge, FindingKind.PortDetached },
        { Disturbance.InterfaceDeleted, FindingKind.LinkMissing },
        { Disturbance.InterfaceDown, FindingKind.LinkDown },
        { Disturbance.InterfaceRenamed, FindingKind.LinkMissing },
        { Disturbance.AddressesRemoved, FindingKind.AddressMissing },
        { Disturbance.DefaultRouteRemoved, FindingKind.RouteMissing },
        { Disturbance.DefaultRouteIPv6Removed, FindingKind.RouteMissing },
        { Disturbance.LoopbackDown, FindingKind.LinkDown },
    };

    [Theory, MemberData(nameof(Disturbances)), Trait("Feature", "RC-01")]
    public async Task What_others_remove_is_put_back_and_told(Disturbance disturbance, FindingKind kind)
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync();
        await scene.AssertHealsAsync();

        await DisturbAsync(scene, disturbance);
        RepairEvent told = await scene.AwaitEventAsync(happened => happened.Findings.Any(finding => finding.Kind == kind));
        await scene.AssertHealsAsync();

        Assert.Equal(RepairOutcome.Repaired, told.Outcome);
        await scene.AssertConnectedAsync();
        Assert.All(scene.Events, happened => Assert.Equal(RepairOutcome.Repaired, happened.Outcome));
    }

    [Theory, MemberData(nameof(Disturbances)), Trait("Feature", "RC-04")]
    public async Task Without_the_watching_it_stays_away_and_a_diagnosis_tells(Disturbance disturbance, FindingKind kind)
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync(reconciles: false);
        Diagnosis before = await scene.World.Controller.DiagnoseAsync(Cancel);

        await DisturbAsync(scene, disturbance);
        await Task.Delay(ReconciliationScene.Quiet, Cancel);
        Diagnosis after = await scene.World.Controller.DiagnoseAsync(Cancel);

        Assert.Empty(before.Findings);
        Assert.Empty(before.Failures);
        Assert.False(after.IsReconciling);
        Assert.Contains(after.Findings, finding => finding.Kind == kind);
        Assert.Empty(scene.Events);
    }

    [Fact, Trait("Feature", "RC-02")]
    public async Task Verbs_are_not_taken_for_disturbances()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync();
        for (int round = 0; round < 4; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => UseAsync(scene, i)));
        }

        await Task.Delay(ReconciliationScene.Quiet, Cancel);

        Assert.Empty(scene.Events);
        await scene.Host.DeleteTablesAsync();   // the control: it is watching
        await scene.AwaitEventAsync(happened => happened.Outcome == RepairOutcome.Repaired);
    }

    [Fact, Trait("Feature", "RC-03")]
    public async Task Who_undoes_each_repair_is_reported_and_not_fought()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync();
        using CancellationTokenSource enough = new();
        Task disturbing = FightAsync(scene, enough.Token);
        RepairEvent resting = await scene.AwaitEventAsync(static happened => happened.Outcome is RepairOutcome.Suspended or RepairOutcome.Failed);   // undone in its midst
        int repairs = scene.Events.Count(happened => happened.Outcome == RepairOutcome.Repaired);
        await enough.CancelAsync();
        await disturbing;

        Assert.InRange(repairs, 0, 10);
        Assert.True(resting.NextTry > resting.Time);
        Assert.Contains(resting.Findings, finding => finding.Kind == FindingKind.AddressMissing);
        await scene.AssertHealsAsync();
    }

    [Fact, Trait("Feature", "RC-05")]
    public async Task What_belongs_to_others_is_not_touched()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync();
        await scene.Host.RouteAsync(static route =>
        {
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "theirs", Up = true });
            route.Execute();
            route.Batch.AddAddress(Disturber.IndexOf(route, "theirs"), IPAddress.Parse("198.51.100.1"), 24);
        });
        await scene.Host.ChangeRulesAsync(static (_, transaction) =>
        {
            transaction.AddTable(NftFamily.Inet, "theirs");
            transaction.AddChain(NftFamily.Inet, "theirs", "chain");
        });
        await scene.Host.RemoveAddressesAsync("theirs");
        await scene.Host.ChangeLinkAsync("theirs", new LinkChange { Up = false, Mtu = 1300 });
        await scene.Host.DeleteTablesAsync("theirs");
        await scene.Host.RemoveAddressesAsync(TestHost.WireName);
        await Task.Delay(ReconciliationScene.Quiet, Cancel);

        (LinkInfo? link, int addresses, int wire, int tables) = await scene.Host.ReadAsync(static session => (
            session.Route.FindLink("theirs"),
            session.Route.DumpAddresses(Disturber.IndexOf(session.Route, "theirs")).Count,
            session.Route.DumpAddresses(Disturber.IndexOf(session.Route, TestHost.WireName)).Count,
            session.Nftables.ReadRuleset(family: null, "theirs").Tables.Count));

        Assert.Empty(scene.Events);
        Assert.True(link is { Up: false, Mtu: 1300 });
        Assert.Equal((0, 0, 0), (addresses, wire, tables));
    }

    [Fact, Trait("Feature", "RC-05")]
    public async Task A_default_route_that_a_container_chose_for_itself_is_left_alone_and_told_once()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync();
        IPAddress chosen = scene.Network.GetEndpoint("two").State.IPv4!.Value.Address;
        await scene.Inside.RouteAsync(route => route.Batch.ReplaceRoute(new RouteSpec
        {
            Destination = new IPNetwork(IPAddress.Any, 0), Gateway = chosen, OutputInterface = Disturber.IndexOf(route, "eth0"),
        }));

        RepairEvent told = await scene.AwaitEventAsync(happened => happened.Outcome == RepairOutcome.LeftAlone);
        await scene.Inside.ChangeLinkAsync("lo", new LinkChange { Up = false });   // so that it is compared again
        await scene.AwaitEventAsync(happened => happened.Outcome == RepairOutcome.Repaired);
        RouteInfo? route = await scene.Inside.ReadAsync(static session => session.Route.FindRoute(IPAddress.Parse("203.0.113.1")));

        Assert.Contains(told.Findings, finding => finding is { Kind: FindingKind.RouteShadowed, Remedy: not null });
        Assert.Equal(chosen, route?.Gateway);
        Assert.Single(scene.Events, happened => happened.Outcome == RepairOutcome.LeftAlone);
    }

    [Fact]
    public async Task A_foreign_interface_with_the_bridges_name_is_told_and_not_touched()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync();
        await scene.Host.RouteAsync(route =>
        {
            int index = Disturber.IndexOf(route, scene.Bridge);
            route.Batch.ChangeLink(index, new LinkChange { Up = false });
            route.Batch.ChangeLink(index, new LinkChange { NewName = "stolen" });
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = scene.Bridge, Index = 4000 });
        });

        RepairEvent told = await scene.AwaitEventAsync(happened => happened.Outcome == RepairOutcome.LeftAlone);
        LinkInfo? link = await scene.Host.ReadAsync(session => session.Route.FindLink(scene.Bridge));

        Assert.Contains(told.Findings, finding => finding is { Kind: FindingKind.LinkMissing, CanBeRepaired: false });
        Assert.True(link is { Index: 4000, Up: false, Alias: null });
    }

    [Fact]
    public async Task A_disposed_controller_repairs_nothing_and_ends_the_readings_of_its_events()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync();
        await scene.Host.DeleteTablesAsync();
        await scene.AwaitEventAsync(happened => happened.Outcome == RepairOutcome.Repaired);   // the control
        List<ControllerEvent> late = [];
        IAsyncEnumerable<ControllerEvent> stream = scene.World.Controller.WatchEvents();
        Task reading = Task.Run(async () =>
        {
            await foreach (ControllerEvent happened in stream)
            {
                late.Add(happened);
            }
        }, Cancel);

        await scene.World.StopAsync();
        await scene.Host.DeleteTablesAsync();
        await Task.Delay(ReconciliationScene.Quiet, Cancel);
        await reading.WaitAsync(ReconciliationScene.Deadline, Cancel);

        Assert.Empty(late);
        Assert.Empty(await scene.Host.ReadAsync(static session => session.Nftables.ReadRuleset(family: null, table: null).Tables));
    }

    [Fact]
    public async Task Verbs_work_although_somebody_flushed_the_rules_and_nobody_watches()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync(reconciles: false);
        await scene.Host.DeleteTablesAsync();
        ISandbox three = await scene.World.SandboxAsync("three");
        await scene.Network.AttachAsync(three, new EndpointSpec { Name = "three" }, cancellationToken: Cancel);
        await scene.AssertHealsAsync();

        await scene.Host.DeleteTablesAsync();
        await three.DeleteAsync(Cancel);

        await scene.AssertHealsAsync();
        await scene.AssertConnectedAsync();
    }

    [Fact, Trait("Feature", "RC-01")]
    public async Task After_a_restart_the_same_is_kept()
    {
        await using ReconciliationScene first = await ReconciliationScene.CreateAsync();
        await first.World.RestartAsync();
        ISandbox sandbox = first.World.Controller.GetSandbox("one");

        await first.Host.DeleteLinkAsync(await first.PortAsync());
        await first.AssertHealsAsync();
        await first.Inside.RemoveAddressesAsync("eth0");
        await first.AssertHealsAsync();

        Assert.NotNull(await Traffic.SendAsync(
            sandbox.OpenSocket, first.World.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), ReconciliationScene.Deadline));
    }

    private static async Task DisturbAsync(ReconciliationScene scene, Disturbance disturbance)
    {
        const string Table = "libnetwork";
        Disturber host = scene.Host, inside = scene.Inside;
        string bridge = scene.Bridge;
        Task work = disturbance switch
        {
            Disturbance.RulesetFlushed => host.DeleteTablesAsync(),
            Disturbance.OurTablesDeleted => host.DeleteTablesAsync(Table),
            Disturbance.ChainFlushed => host.ChangeRulesAsync(static (_, rules) => rules.FlushChain(NftFamily.Inet, Table, "forward")),
            Disturbance.RuleAdded => host.ChangeRulesAsync(static (_, rules) => rules.InsertRule(NftFamily.Inet, Table, "forward", new NftRule().Drop())),
            Disturbance.ElementRemoved => host.ChangeRulesAsync((_, rules) => rules.DeleteElement(NftFamily.Inet, Table, "networks", NftElement.Of(bridge))),
            Disturbance.ForeignElement => host.ChangeRulesAsync(static (_, rules) => rules.AddElement(NftFamily.Inet, Table, "internal", NftElement.Of("eth9"))),
            Disturbance.BaseChainDeleted => host.ChangeRulesAsync(static (_, rules) =>
            {
                rules.FlushChain(NftFamily.Inet, Table, "postrouting");
                rules.DeleteChain(NftFamily.Inet, Table, "postrouting");
            }),
            Disturbance.BridgeDown => host.ChangeLinkAsync(bridge, new LinkChange { Up = false }),
            Disturbance.BridgeDeleted => host.DeleteLinkAsync(bridge),
            Disturbance.BridgeAddressesRemoved => host.RemoveAddressesAsync(bridge),
            Disturbance.BridgeMtu => host.ChangeLinkAsync(bridge, new LinkChange { Mtu = 1300 }),
            Disturbance.BridgeMark => host.ChangeLinkAsync(bridge, new LinkChange { Alias = "mine" }),
            Disturbance.BridgeRenamed => RenameAsync(host, bridge),
            Disturbance.BridgeListensToRouters => host.SetSysctlAsync($"net/ipv6/conf/{bridge}/accept_ra", "2"),
            Disturbance.BridgeWithoutIPv6 => host.SetSysctlAsync($"net/ipv6/conf/{bridge}/disable_ipv6", "1"),
            Disturbance.BridgeWithoutLoopbackRouting => host.SetSysctlAsync($"net/ipv4/conf/{bridge}/route_localnet", "0"),
            Disturbance.SubnetRouteRemoved => host.RemoveRoutesAsync(found => scene.Network.State.Pools.Any(pool => pool.Subnet.ToIPNetwork().Equals(found.Destination))),
            Disturbance.ForwardingOff => host.SetSysctlAsync("net/ipv4/ip_forward", "0"),
            Disturbance.AllForwardingOff => host.SetSysctlAsync("net/ipv6/conf/all/forwarding", "0"),
            Disturbance.PortDeleted => host.DeleteLinkAsync(await scene.PortAsync()),
            Disturbance.PortDown => host.ChangeLinkAsync(await scene.PortAsync(), new LinkChange { Up = false }),
            Disturbance.PortTakenOff => host.ChangeLinkAsync(await scene.PortAsync(), new LinkChange { Master = 0 }),
            Disturbance.PortOnAnotherBridge => MoveAsync(host, await scene.PortAsync()),
            Disturbance.InterfaceDeleted => inside.DeleteLinkAsync("eth0"),
            Disturbance.InterfaceDown => inside.ChangeLinkAsync("eth0", new LinkChange { Up = false }),
            Disturbance.InterfaceRenamed => RenameAsync(inside, "eth0"),
            Disturbance.AddressesRemoved => inside.RemoveAddressesAsync("eth0"),
            Disturbance.DefaultRouteRemoved => inside.RemoveRoutesAsync(static found => found.Destination.PrefixLength == 0 && found.Gateway?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork),
            Disturbance.DefaultRouteIPv6Removed => inside.RemoveRoutesAsync(static found => found.Destination.PrefixLength == 0 && found.Gateway?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6),
            Disturbance.LoopbackDown => inside.ChangeLinkAsync("lo", new LinkChange { Up = false }),
            _ => throw new ArgumentOutOfRangeException(nameof(disturbance)),
        };
        await work;
    }

    private static Task MoveAsync(Disturber host, string port) => host.RouteAsync(route =>
    {
        route.Batch.CreateBridge(new BridgeLinkSpec { Name = "theirs", Up = true });
        route.Execute();
        route.Batch.ChangeLink(port, new LinkChange { Master = Disturber.IndexOf(route, "theirs") });
    });

    private static Task RenameAsync(Disturber disturber, string name) => disturber.RouteAsync(route =>
    {
        int index = Disturber.IndexOf(route, name);
        route.Batch.ChangeLink(index, new LinkChange { Up = false });
        route.Batch.ChangeLink(index, new LinkChange { NewName = "mine" });
    });

    private static async Task UseAsync(ReconciliationScene scene, int number)
    {
        World world = scene.World;
        INetwork own = await world.Controller.CreateNetworkAsync(new NetworkSpec { Name = $"n{number}", EnableIPv6 = number % 2 == 0, Internal = number % 8 == 0, Pools = [new PoolSpec { Subnet = Subnet.Parse($"10.{number}.7.0/24") }] }, Cancel);
        ISandbox sandbox = await world.SandboxAsync($"s{number}");
        IEndpoint shared = await scene.Network.AttachAsync(sandbox, new EndpointSpec { Name = $"e{number}" }, cancellationToken: Cancel);
        IEndpoint second = await own.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        await shared.LeaveAsync(sandbox, Cancel);
        await shared.JoinAsync(sandbox, cancellationToken: Cancel);
        await shared.DeleteAsync(force: true, Cancel);
        await second.DeleteAsync(force: true, Cancel);
        await sandbox.DeleteAsync(Cancel);
        await own.DeleteAsync(Cancel);
    }

    /// <summary>Takes the bridge's addresses away whenever they are there.</summary>
    private static async Task FightAsync(ReconciliationScene scene, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await scene.Host.RemoveAddressesAsync(scene.Bridge);
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancel);
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Linux.Nftables;
using LibNetwork.Reconciliation;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Beside a firewall of others whose policy is to drop: their chains are left alone, or let pass what ours does.</summary>
[Trait("Category", "Kernel")]
public sealed class ForeignFirewallTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);
    private static readonly IPAddress OutsideIPv4 = IPAddress.Parse(TestHost.OutsideIPv4);
    private static readonly IPAddress OutsideIPv6 = IPAddress.Parse(TestHost.OutsideIPv6);

    private static CancellationToken Cancel => World.Cancel;

    [Theory, Trait("Feature", "GN-01"), Trait("Feature", "GN-02")]
    [InlineData(ForeignFirewall.Respect)]
    [InlineData(ForeignFirewall.Integrate)]
    public async Task What_networks_forward_passes_a_policy_of_drop_only_when_it_is_integrated(ForeignFirewall mode)
    {
        await using World world = await CreateAsync(mode);
        INetwork web = await world.NetworkAsync("web");
        (ISandbox a, _) = await world.PublishAsync(web, "a", "8080:80/tcp");
        (ISandbox b, IEndpoint neighbour) = await world.PublishAsync(web, "b");
        INetwork closed = await world.NetworkAsync("closed", static spec => spec with { Internal = true });
        (ISandbox c, _) = await world.PublishAsync(closed, "c");
        (ISandbox d, IEndpoint hidden) = await world.PublishAsync(closed, "d");
        await using EchoServer server4 = EchoServer.Start(a.OpenSocket, 80, "a"), server6 = EchoServer.Start(a.OpenSocket, 80, "a", AddressFamily.InterNetworkV6);
        bool isOpen = mode == ForeignFirewall.Integrate;
        TimeSpan patience = isOpen ? Patience : Silence;

        bool[] passed =
        [
            await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv4, patience) is not null,
            await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv6, patience) is not null,
            await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080, isOpen) is not null,
            await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080, isOpen) is not null,
            await Traffic.SendAsync(a.OpenSocket, b.OpenSocket, neighbour.State.IPv4!.Value.Address, patience) is not null,
            await Traffic.SendAsync(c.OpenSocket, d.OpenSocket, hidden.State.IPv6!.Value.Address, patience) is not null,
        ];
        Diagnosis diagnosis = await world.Controller.DiagnoseAsync(Cancel);

        Assert.All(passed, pass => Assert.Equal(isOpen, pass));
        Assert.Equal(isOpen ? 0 : 2, diagnosis.Findings.Count(static finding => finding.Kind == FindingKind.ForeignDrop));   // ip and ip6
        Assert.Equal(isOpen, (await HostProgram.RunAsync(world.Host, "iptables -S FORWARD")).Contains("libnetwork", StringComparison.Ordinal));
    }

    [Fact, Trait("Feature", "GN-02")]
    public async Task What_our_own_table_drops_stays_dropped()
    {
        await using World world = await CreateAsync(ForeignFirewall.Integrate);
        INetwork web = await world.NetworkAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.90.0.0/24") }], EnableIPv6 = false });
        (ISandbox a, IEndpoint target) = await world.PublishAsync(web, "a");
        INetwork other = await world.NetworkAsync("other");
        (ISandbox b, _) = await world.PublishAsync(other, "b");
        INetwork closed = await world.NetworkAsync("closed", static spec => spec with { Internal = true });
        (ISandbox c, _) = await world.PublishAsync(closed, "c");
        await world.RouteOutsideAsync("10.90.0.0/24", TestHost.HostIPv4);

        IPAddress? control = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv4, Patience);
        IPAddress? unasked = await Traffic.SendAsync(world.Host.Outside.OpenSocket, a.OpenSocket, target.State.IPv4!.Value.Address, Silence);
        IPAddress? between = await Traffic.SendAsync(b.OpenSocket, a.OpenSocket, target.State.IPv4.Value.Address, Silence);
        IPAddress? outOfClosed = await Traffic.SendAsync(c.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv4, Silence);

        Assert.NotNull(control);
        Assert.Equal((null, null, null), (unasked, between, outOfClosed));
    }

    [Fact, Trait("Feature", "GN-02")]
    public async Task What_a_rule_of_others_drops_stays_dropped_also_when_it_comes_later()
    {
        await using World world = await CreateAsync(
            ForeignFirewall.Integrate, reconciles: true, static host => HostProgram.RunAsync(host, $"iptables -A FORWARD -d {TestHost.OutsideIPv4} -j DROP"));
        INetwork web = await world.NetworkAsync("web");
        (ISandbox a, _) = await world.PublishAsync(web, "a");
        IPAddress? dropped = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv4, Silence);
        IPAddress? control = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv6, Patience);

        await HostProgram.RunAsync(world.Host, $"ip6tables -A FORWARD -d {TestHost.OutsideIPv6} -j DROP");
        await EventuallyAsync(async () => (await LinesAsync(world, "ip6tables -S FORWARD"))[^1].Contains("libnetwork", StringComparison.Ordinal));
        IPAddress? later = await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, OutsideIPv6, Silence);

        Assert.NotNull(control);
        Assert.Equal((null, null), (dropped, later));
    }

    [Theory, Trait("Feature", "RC-06")]
    [InlineData("-j REJECT")]
    [InlineData("-m comment --comment \"nothing passes\" -j DROP")]
    public async Task A_rule_that_drops_everything_is_named_and_left_alone(string rule)
    {
        await using World world = await CreateAsync(ForeignFirewall.Integrate, prepare: host => HostProgram.RunAsync(host, $"iptables -A FORWARD {rule}"));
        string before = await HostProgram.RunAsync(world.Host, "iptables -S");
        await world.NetworkAsync("web");

        Diagnosis diagnosis = await world.Controller.DiagnoseAsync(Cancel);

        Finding finding = Assert.Single(diagnosis.Findings);
        Assert.False(finding.CanBeRepaired);
        Assert.Contains("ip filter FORWARD drops them: it has a rule", finding.Found, StringComparison.Ordinal);
        Assert.Equal(before, await HostProgram.RunAsync(world.Host, "iptables -S"));
    }

    [Fact, Trait("Feature", "GN-03")]
    public async Task Everything_else_of_others_is_as_it_was_and_so_is_all_when_the_last_network_is_gone()
    {
        await using World world = await CreateAsync(ForeignFirewall.Integrate, prepare: static async host =>
        {
            await HostProgram.RunAsync(host, "iptables -N DOCKER-USER");
            await HostProgram.RunAsync(host, "iptables -A FORWARD -j DOCKER-USER");
            await HostProgram.RunAsync(host, "iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT");
            await HostProgram.RunAsync(host, "nft -f -", "table inet theirs { set s { type ipv4_addr; elements = { 10.0.0.1 } }; chain f { type filter hook forward priority 5; policy drop; ip saddr @s accept; }; chain i { type filter hook input priority 0; policy accept; }; }");
        });
        string[] before = await LinesAsync(world, "nft -a list ruleset");

        INetwork one = await world.NetworkAsync("one");
        INetwork two = await world.NetworkAsync("two");
        string[] during = await LinesAsync(world, "nft -a list ruleset");
        await one.DeleteAsync(Cancel);
        string[] half = await LinesAsync(world, "nft -a list ruleset");
        await two.DeleteAsync(Cancel);
        string[] after = await LinesAsync(world, "nft -a list ruleset");

        string[] ours = [.. during.Where(static line => line.Contains("libnetwork: network", StringComparison.Ordinal))];
        Assert.Equal(12, ours.Length);   // two networks, three chains, two ways
        Assert.Equal(before, during.Where(line => !ours.Contains(line)).Take(before.Length));   // our own tables come behind
        Assert.Equal(6, half.Count(line => line.Contains($"libnetwork: network {two.Id}", StringComparison.Ordinal)));
        Assert.DoesNotContain(half, line => line.Contains(one.Id.Value, StringComparison.Ordinal));
        Assert.Equal(before, after);
    }

    [Fact, Trait("Feature", "GN-03")]
    public async Task Iptables_prints_the_rules_with_their_conditions_and_a_list_that_it_restores_is_kept_in_order()
    {
        await using World world = await CreateAsync(ForeignFirewall.Integrate, reconciles: true);
        INetwork web = await world.NetworkAsync("web");
        string bridge = BridgeOf(web);
        string[] expected =
        [
            "-P FORWARD DROP",
            $"-A FORWARD -i {bridge} -m comment --comment \"libnetwork: network {web.Id}\" -j ACCEPT",
            $"-A FORWARD -o {bridge} -m comment --comment \"libnetwork: network {web.Id}\" -j ACCEPT",
        ];
        string[] printed4 = await LinesAsync(world, "iptables -S FORWARD");
        string[] printed6 = await LinesAsync(world, "ip6tables -S FORWARD");

        string saved = await HostProgram.RunAsync(world.Host, "iptables-save");
        await HostProgram.RunAsync(world.Host, "iptables-restore", saved);   // it writes the remark in its own way
        await EventuallyAsync(async () => (await world.Controller.DiagnoseAsync(Cancel)).Findings.Count == 0);
        string[] restored = await LinesAsync(world, "iptables -S FORWARD");

        Assert.Equal(expected, printed4);
        Assert.Equal(expected, printed6);
        Assert.Equal(expected, restored);
        await web.DeleteAsync(Cancel);
        Assert.Equal(["-P FORWARD DROP"], await LinesAsync(world, "iptables -S FORWARD"));
    }

    [Fact, Trait("Feature", "GN-04")]
    public async Task A_chain_that_appears_later_is_seen_to_and_told()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync(await World.CreateConfiguredAsync(Integrating(reconciles: true)));
        await scene.AssertConnectedAsync();

        await HostProgram.RunAsync(scene.World.Host, "iptables -P FORWARD DROP");
        RepairEvent told = await scene.AwaitEventAsync(static happened => happened.Findings.Any(static finding => finding.Kind == FindingKind.ForeignDrop));
        await scene.AssertHealsAsync();

        Assert.Equal(("packet rules of others", RepairOutcome.Repaired), (told.Subject, told.Outcome));
        await scene.AssertConnectedAsync();
    }

    [Fact, Trait("Feature", "GN-04")]
    public async Task Who_removes_the_rule_again_and_again_is_not_fought_and_our_own_tables_are_kept_all_the_same()
    {
        await using ReconciliationScene scene = await ReconciliationScene.CreateAsync(await World.CreateConfiguredAsync(Integrating(reconciles: true), DropForwardedAsync));
        using CancellationTokenSource enough = new();
        Task fighting = FlushAsync(scene, enough.Token);
        RepairEvent resting = await scene.AwaitEventAsync(static happened => happened.Outcome is RepairOutcome.Suspended or RepairOutcome.Failed);
        await scene.Host.DeleteTablesAsync("libnetwork");
        RepairEvent kept = await scene.AwaitEventAsync(static happened => happened.Subject == "firewall");
        await enough.CancelAsync();
        await fighting;

        Assert.Equal("packet rules of others", resting.Subject);
        Assert.True(resting.NextTry > resting.Time);
        Assert.Equal(RepairOutcome.Repaired, kept.Outcome);
        await scene.AssertHealsAsync();
    }

    [Fact, Trait("Feature", "GN-03")]
    public async Task Rules_of_a_process_that_died_are_taken_up_or_removed_when_nobody_needs_them()
    {
        await using World world = await CreateAsync(ForeignFirewall.Integrate);
        INetwork web = await world.NetworkAsync("web");
        string[] before = await LinesAsync(world, "nft -a list chain ip filter FORWARD");
        Assert.Contains(before, line => line.Contains(web.Id.Value, StringComparison.Ordinal));

        await world.RestartAsync();
        string[] taken = await LinesAsync(world, "nft -a list chain ip filter FORWARD");
        INetworkStore store = world.Store;
        await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: false));
        string[] forgotten = await LinesAsync(world, "iptables -S FORWARD");

        Assert.Equal(before, taken);   // with the same handles: nothing was written
        Assert.Equal(["-P FORWARD DROP"], forgotten);
    }

    [Fact, Trait("Feature", "GN-01")]
    public async Task Who_respects_again_after_integrating_leaves_nothing_behind()
    {
        await using World world = await CreateAsync(ForeignFirewall.Integrate);
        await world.NetworkAsync("web");
        Assert.Equal(3, (await LinesAsync(world, "ip6tables -S FORWARD")).Length);

        world.Configure = static options => options.ForeignFirewall = ForeignFirewall.Respect;
        await world.RestartAsync();

        Assert.Equal(["-P FORWARD DROP"], await LinesAsync(world, "ip6tables -S FORWARD"));
    }

    [Fact, Trait("Feature", "GN-02")]
    public async Task A_verb_that_fails_anywhere_leaves_the_chains_of_others_as_they_were()
    {
        FaultInjector faults = new();
        await using World world = await CreateAsync(ForeignFirewall.Integrate, faults: faults);
        await world.NetworkAsync("first");
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        bool wasHit = false;
        for (int target = 0; ; target++)
        {
            faults.Arm(target);
            try
            {
                INetwork second = await world.NetworkAsync("second");
                string? point = faults.Hit;
                faults.Arm();
                Assert.Null(point);
                Assert.Equal(5, (await LinesAsync(world, "iptables -S FORWARD")).Length);
                await second.DeleteAsync(Cancel);
                break;
            }
            catch (NetworkException)
            {
                wasHit |= faults.Hit?.Contains("FORWARD", StringComparison.Ordinal) == true;
                faults.Arm();
                WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), $"\"{target}\"");
            }
        }

        Assert.True(wasHit, "no request about the chain of others was seen");
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "creating and deleting");
    }

    [Fact, Trait("Feature", "GN-02")]
    public async Task A_table_that_belongs_to_a_running_program_is_named_and_hinders_no_verb()
    {
        await using World world = await World.CreateConfiguredAsync(Integrating(reconciles: false));
        using Process owner = await HostProgram.StartAsync(world.Host, "nft -i");
        await owner.StandardInput.WriteLineAsync("add table inet owned { flags owner; chain f { type filter hook forward priority 0; policy drop; }; }");
        await owner.StandardInput.FlushAsync(Cancel);
        await EventuallyAsync(async () => (await Nft.ListAsync(world.Host)).Contains("owned", StringComparison.Ordinal));

        INetwork web = await world.NetworkAsync("web");
        Finding finding = Assert.Single((await world.Controller.DiagnoseAsync(Cancel)).Findings);
        owner.StandardInput.Close();
        await owner.WaitForExitAsync(Cancel);

        Assert.Equal((FindingKind.ForeignDrop, false, web.Id), (finding.Kind, finding.CanBeRepaired, finding.NetworkId!.Value));
        Assert.Contains("the program that owns the table", finding.Remedy, StringComparison.Ordinal);
        Assert.Empty((await world.Controller.DiagnoseAsync(Cancel)).Findings);   // the control: the table went with its owner
    }

    private static async Task<World> CreateAsync(
        ForeignFirewall mode, bool reconciles = false, Func<TestHost, Task>? prepare = null, FaultInjector? faults = null)
    {
        Assert.SkipUnless(HostProgram.IsInstalled("iptables-nft"), "The machine has no iptables-nft.");
        return await World.CreateConfiguredAsync(
            options =>
            {
                options.ForeignFirewall = mode;
                options.Reconcile = reconciles;
            },
            async host =>
            {
                await DropForwardedAsync(host);
                await (prepare?.Invoke(host) ?? Task.CompletedTask);
            },
            faults);
    }

    private static Action<LibNetworkOptions> Integrating(bool reconciles) => options =>
    {
        options.ForeignFirewall = ForeignFirewall.Integrate;
        options.Reconcile = reconciles;
    };

    private static async Task DropForwardedAsync(TestHost host)
    {
        await HostProgram.RunAsync(host, "iptables -P FORWARD DROP");
        await HostProgram.RunAsync(host, "ip6tables -P FORWARD DROP");
    }

    private static string BridgeOf(INetwork network) => $"br-{network.Id.Value[..12]}";

    private static async Task<string[]> LinesAsync(World world, string command)
        => (await HostProgram.RunAsync(world.Host, command)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource limit = new(ReconciliationScene.Deadline);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, "it did not happen");
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancel);
        }
    }

    private static async Task FlushAsync(ReconciliationScene scene, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await scene.Host.ChangeRulesAsync(static (_, rules) => rules.FlushChain(NftFamily.IPv4, "filter", "FORWARD"));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Cancel);
        }
    }
}

using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A plan does nothing, and says what the verb then does.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "GN-06")]
public sealed class PlanTests
{
    private static CancellationToken Cancel => World.Cancel;

    public static TheoryData<string> Networks => [.. NetworkSituations.Keys];

    public static TheoryData<string> Attachments => [.. AttachSituations.Keys];

    private static Dictionary<string, (Func<World, Task> Prepare, Func<NetworkSpec, NetworkSpec> Change)> NetworkSituations { get; } = new()
    {
        ["the first"] = (static _ => Task.CompletedTask, static spec => spec),
        ["another"] = (static world => world.NetworkAsync("web"), static spec => spec),
        ["internal"] = (static _ => Task.CompletedTask, static spec => spec with { Internal = true }),
        ["with options"] = (static _ => Task.CompletedTask, static spec => spec with
        {
            EnableIPv6 = false,
            Pools = [new PoolSpec { Subnet = Subnet.Parse("10.91.0.0/24") }],
            Options = new Dictionary<string, string>
            {
                ["com.docker.network.bridge.enable_icc"] = "false", [NetworkLabels.Mtu] = "1300", ["com.docker.network.bridge.gateway_mode_ipv4"] = "routed",
            },
        }),
        ["on a bridge of the user's"] = (static world => world.InKernelAsync(static session =>
        {
            session.Route.Batch.CreateBridge(new BridgeLinkSpec { Name = "mine", Up = true });
            session.Route.Execute();
            session.WriteSysctl(session.HostNamespace, "net/ipv6/conf/mine/disable_ipv6", "1");
        }), static spec => spec with { Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = "mine" } }),
        ["beside a firewall that drops"] = (static world => world.InKernelAsync(static session =>
        {
            NftTransaction rules = session.Nftables.Begin();
            rules.AddTable(NftFamily.IPv4, "filter");
            rules.AddBaseChain(NftFamily.IPv4, "filter", "FORWARD", NftHook.Forward, NftChainType.Filter, 0, NftPolicy.Drop);
            rules.AddRule(NftFamily.IPv4, "filter", "FORWARD", new NftRule().CtState(NftCtState.Established).Accept());
            session.Nftables.Commit(rules);
        }), static spec => spec),
        ["of the host"] = (static _ => Task.CompletedTask, static spec => spec with { Driver = "host" }),
    };

    private static Dictionary<string, (Func<World, Task> Prepare, EndpointSpec Spec)> AttachSituations { get; } = new()
    {
        ["the first"] = (static _ => Task.CompletedTask, new EndpointSpec { Name = "a" }),
        ["with ports"] = (static _ => Task.CompletedTask, new EndpointSpec { Name = "a", PortBindings = [PortBinding.Parse("8080:80/tcp"), PortBinding.Parse("9000:9000/udp")] }),
        ["beside others"] = (static async world =>
        {
            await world.PublishAsync(world.Controller.GetNetwork("web"), "neighbour", "7070:70/tcp");
            INetwork other = await world.NetworkAsync("other");
            await other.AttachAsync(world.Controller.GetSandbox("c"), new EndpointSpec { Name = "before" }, cancellationToken: Cancel);
        }, new EndpointSpec { Name = "a" }),
        ["in place of the automatic way out"] = (static async world =>
        {
            INetwork closed = await world.NetworkAsync("closed", static spec => spec with { Internal = true });
            await closed.AttachAsync(world.Controller.GetSandbox("c"), new EndpointSpec { Name = "before" }, cancellationToken: Cancel);
        }, new EndpointSpec { Name = "a" }),
    };

    [Theory, MemberData(nameof(Networks))]
    public async Task A_networks_plan_is_what_its_creation_asks_of_the_kernel_and_leaves_no_trace(string situation)
    {
        (Func<World, Task> prepare, Func<NetworkSpec, NetworkSpec> change) = NetworkSituations[situation];
        RequestLog log = new();
        await using World world = await CreateAsync(log);
        await prepare(world);
        NetworkSpec spec = change(new NetworkSpec { Name = "planned", EnableIPv6 = true, Id = NetworkId.New() });
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        await log.TakeAsync(world);

        VerbPlan plan = await world.Controller.PlanAsync(spec, Cancel);
        VerbPlan again = await world.Controller.PlanAsync(spec, Cancel);

        Assert.Empty(await log.TakeAsync(world));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a plan");
        INetwork made = await world.Controller.CreateNetworkAsync(spec, Cancel);
        Assert.Equal(await log.TakeAsync(world), plan.Changes);
        Assert.Equal(plan.Changes, again.Changes);
        Assert.Equal(made.State.Pools.Select(static pool => (pool.Subnet, pool.Gateway)), plan.Network!.Pools.Select(static pool => (pool.Subnet, pool.Gateway)));
    }

    [Theory, MemberData(nameof(Attachments))]
    public async Task An_attachments_plan_is_what_it_asks_of_the_kernel_and_leaves_no_trace(string situation)
    {
        (Func<World, Task> prepare, EndpointSpec spec) = AttachSituations[situation];
        RequestLog log = new();
        await using World world = await CreateAsync(log);
        INetwork web = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("c");
        await prepare(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        await log.TakeAsync(world);

        VerbPlan plan = await web.PlanAttachAsync(sandbox, spec, cancellationToken: Cancel);

        Assert.Empty(await log.TakeAsync(world));
        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "a plan");
        IEndpoint made = await web.AttachAsync(sandbox, spec, cancellationToken: Cancel);
        Assert.Equal(RequestLog.WithoutChance(await log.TakeAsync(world)), RequestLog.WithoutChance(plan.Changes));
        Assert.Equal((made.State.IPv4, made.State.IPv6, made.State.MacAddress), (plan.Endpoint!.IPv4, plan.Endpoint.IPv6, plan.Endpoint.MacAddress));
    }

    [Fact]
    public async Task A_plan_reads_as_what_happens()
    {
        await using World world = await CreateAsync(new RequestLog());
        NetworkSpec spec = new()
        {
            Name = "web", EnableIPv6 = false, Pools = [new PoolSpec { Subnet = Subnet.Parse("10.91.0.0/24") }],
            Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = "br-web", [NetworkLabels.Mtu] = "1400" },
        };

        await world.InKernelAsync(static session =>
        {
            NftTransaction rules = session.Nftables.Begin();
            rules.AddTable(NftFamily.IPv4, "filter");
            rules.AddBaseChain(NftFamily.IPv4, "filter", "FORWARD", NftHook.Forward, NftChainType.Filter, 0, NftPolicy.Drop);
            session.Nftables.Commit(rules);
        });

        IReadOnlyList<string> changes = (await world.Controller.PlanAsync(spec, Cancel)).Changes;

        Assert.Contains("add element inet libnetwork networks: \"br-web\"", changes);
        Assert.Contains(changes, static line => line.StartsWith("add rule ip filter FORWARD: iifname \"br-web\" counter accept comment", StringComparison.Ordinal));
        Assert.Contains("create bridge br-web", changes);
        Assert.Contains("write sysctl net/ipv4/ip_forward: 1", changes);
        Assert.Contains("add address 10.91.0.1 on \"br-web\": prefix length 24", changes);
        Assert.Contains(changes, static line => line.StartsWith("change link \"br-web\": MTU 1400", StringComparison.Ordinal) && line.EndsWith("up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_verb_would_refuse_the_plan_refuses()
    {
        await using World world = await CreateAsync(new RequestLog());
        await world.NetworkAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.91.0.0/24") }], EnableIPv6 = false });
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        (NetworkSpec Spec, NetworkErrorKind Kind)[] refused =
        [
            (new NetworkSpec { Name = "web" }, NetworkErrorKind.Conflict),
            (new NetworkSpec { Name = "x", Pools = [new PoolSpec { Subnet = Subnet.Parse("10.91.0.0/16") }] }, NetworkErrorKind.Forbidden),
            (new NetworkSpec { Name = "x", Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = TestHost.WireName } }, NetworkErrorKind.Conflict),
            (new NetworkSpec { Name = "x", Driver = "none" }, NetworkErrorKind.NotFound),
        ];

        foreach ((NetworkSpec spec, NetworkErrorKind kind) in refused)
        {
            NetworkException planned = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.PlanAsync(spec, Cancel));
            NetworkException made = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.CreateNetworkAsync(spec, Cancel));
            Assert.Equal((kind, made.Message), (planned.Kind, planned.Message));
        }

        WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), "refusals");
    }

    [Fact]
    public async Task A_driver_that_cannot_act_elsewhere_is_named_and_hinders_no_other()
    {
        FakeNetworkDriver fake = new();
        await using World world = await World.CreateAsync(drivers: fake);
        await world.NetworkAsync("theirs", spec => spec with { Driver = fake.Name });

        NetworkException refusal = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.PlanAsync(new NetworkSpec { Name = "x", Driver = fake.Name }, Cancel));
        VerbPlan plan = await world.Controller.PlanAsync(new NetworkSpec { Name = "x" }, Cancel);

        Assert.Equal(NetworkErrorKind.NotSupported, refusal.Kind);
        Assert.Contains(fake.Name, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(plan.Network!.Pools[0].Subnet, world.Controller.GetNetwork("theirs").State.Pools.Select(static pool => pool.Subnet));
    }

    [Fact]
    public async Task What_a_plan_of_a_process_that_died_left_is_removed_at_the_next_start()
    {
        await using World world = await World.CreateAsync();
        string folder = Path.Combine(world.Host.RunDirectory, "plan-0123");
        Directory.CreateDirectory(folder);
        NetworkNamespace.CreatePinned(Path.Combine(folder, "host")).Dispose();

        await world.RestartAsync();

        Assert.False(Directory.Exists(folder));
        Assert.DoesNotContain(folder, await File.ReadAllTextAsync("/proc/self/mountinfo", Cancel), StringComparison.Ordinal);
    }

    private static Task<World> CreateAsync(RequestLog log) => World.CreateConfiguredAsync(options =>
    {
        options.KernelObserver = log;
        options.ForeignFirewall = ForeignFirewall.Integrate;
    });
}

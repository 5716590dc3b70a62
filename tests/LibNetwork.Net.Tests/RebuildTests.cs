using System.Net;
using System.Net.Sockets;
using LibNetwork.Drivers.Bridge;
using LibNetwork.Linux.Namespaces;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>A store that lost its state, and what the kernel still tells of it. That without this nothing is on record is in <see cref="LeftoverTests"/>.</summary>
[Trait("Category", "Kernel")]
public sealed class RebuildTests
{
    private static readonly TimeSpan Patience = Waiting.Patience;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancel => World.Cancel;

    [Fact]
    public async Task What_lives_is_on_record_again_and_loses_no_packet()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, ISandbox b, IEndpoint target) = await SettleAsync(world);
        NetworkState[] networks = [.. Networks(world)];
        EndpointState[] endpoints = [.. Endpoints(world)];
        SandboxState sandbox = a.State;
        string[] rules = [.. (await KernelSnapshot.TakeAsync(world.Host)).Where(IsRule)];
        using NetworkNamespace from = NetworkNamespace.Open(a.NamespacePath), to = NetworkNamespace.Open(b.NamespacePath);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<(int Sent, int Lost)> inside = Traffic.FlowAsync(from.OpenSocket, to.OpenSocket, target.State.IPv4!.Value.Address, Patience, stop.Token);
        Task<(int Sent, int Lost)> outside = Traffic.FlowAsync(
            from.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience, stop.Token);
        INetworkStore store = world.Store;

        RestoreReport report = new();
        for (int restart = 0; restart < 5; restart++)
        {
            report = await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));
        }

        await stop.CancelAsync();
        Assert.Equal((0, 0), ((await inside).Lost, (await outside).Lost));
        Assert.True((await inside).Sent > 10, "hardly anything was sent");
        Assert.Empty(report.Failures);
        Assert.Empty(report.NotRebuilt);
        Assert.Empty(report.Removed);
        Assert.Equal(3 + 4 + 2, report.Rebuilt.Count);
        Assert.Equal("/set/aside", report.LostState);
        Assert.Equal(networks.Select(Essence), Networks(world).Select(Essence));
        Assert.Equal(endpoints.Select(Essence), Endpoints(world).Select(Essence));
        SandboxState found = world.Controller.GetSandbox("a").State;
        Assert.Equal((sandbox.Id, sandbox.NamespacePath, sandbox.GatewayIPv4, sandbox.GatewayIPv6), (found.Id, found.NamespacePath, found.GatewayIPv4, found.GatewayIPv6));
        Assert.Equal(rules, (await KernelSnapshot.TakeAsync(world.Host)).Where(IsRule));
        Assert.Null(await world.Store.GetAsync(LostState.Key, Cancel));

        // From here on it is a start like any other.
        RestoreReport next = await world.RestartAsync();
        Assert.Empty(next.Rebuilt);
        Assert.Equal((3, 2, 4), (next.Networks, next.Sandboxes, next.Endpoints));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whose_addresses_are_guarded_stays_so(bool isGuarded)
    {
        await using World world = await World.CreateAsync();
        INetwork network = await world.NetworkAsync("web");
        ISandbox a = await world.SandboxAsync("a");
        EndpointSpec spec = new() { Name = "a", Options = new Dictionary<string, string> { [BridgeLabels.SourceGuard] = isGuarded ? "true" : "false" } };
        IEndpoint endpoint = await network.AttachAsync(a, spec, cancellationToken: Cancel);
        string mac = endpoint.State.MacAddress!.Value.ToString();   // only the guard's rules know it
        string[] before = [.. (await KernelSnapshot.TakeAsync(world.Host)).Where(IsRule)];
        INetworkStore store = world.Store;

        await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));

        string[] after = [.. (await KernelSnapshot.TakeAsync(world.Host)).Where(IsRule)];
        Assert.Equal(before, after);
        Assert.Equal(isGuarded, after.Any(line => line.Contains(mac, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Published_ports_stay_published_and_are_held_again()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, _, _) = await SettleAsync(world);
        INetworkStore store = world.Store;
        await using EchoServer server = EchoServer.Start(a.OpenSocket, 80, "a");
        await using EchoServer serverIPv6 = EchoServer.Start(a.OpenSocket, 80, "a", AddressFamily.InterNetworkV6);
        Assert.NotNull(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080));

        await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));

        Assert.NotNull(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080));
        Assert.NotNull(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv6, 8080));
        ISandbox late = await world.SandboxAsync("late");
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => world.Controller.GetNetwork("web").AttachAsync(
            late, new EndpointSpec { Name = "late", PortBindings = [PortBinding.Parse("8080:80")] }, cancellationToken: Cancel));
        Assert.Contains("\"a\"", taken.Message + taken.Holder, StringComparison.Ordinal);

        await world.Controller.GetSandbox("a").DeleteAsync(Cancel);
        Assert.Null(await Asker.TcpAsync(world.Host.Outside.OpenSocket, TestHost.HostIPv4, 8080, expected: false));
    }

    [Fact]
    public async Task What_was_rebuilt_can_be_used_and_taken_apart()
    {
        await using World world = await World.CreateAsync();
        IReadOnlyList<string> empty = await WorldSnapshot.TakeAsync(world);
        await SettleAsync(world);
        INetworkStore store = world.Store;
        await world.RestartAsync(() => World.ForgetAllAsync(store, saysSo: true));
        INetwork web = world.Controller.GetNetwork("web");
        ISandbox a = world.Controller.GetSandbox("a"), late = await world.SandboxAsync("late");

        IEndpoint newcomer = await web.AttachAsync(late, new EndpointSpec { Name = "late" }, cancellationToken: Cancel);
        IPAddress? seen = await Traffic.SendAsync(a.OpenSocket, late.OpenSocket, newcomer.State.IPv4!.Value.Address, Patience);
        await web.GetEndpoint("b").LeaveAsync(world.Controller.GetSandbox("b"), Cancel);
        await web.GetEndpoint("b").JoinAsync(world.Controller.GetSandbox("b"), cancellationToken: Cancel);

        Assert.Equal(web.GetEndpoint("a").State.IPv4!.Value.Address, seen);
        Assert.DoesNotContain(newcomer.State.IPv4, new[] { web.GetEndpoint("a").State.IPv4, web.GetEndpoint("b").State.IPv4 });
        foreach (ISandbox sandbox in world.Controller.Sandboxes)
        {
            await sandbox.DeleteAsync(Cancel);
        }

        foreach (INetwork network in world.Controller.Networks)
        {
            await network.DeleteAsync(Cancel);
        }

        IEnumerable<string> left = (await WorldSnapshot.TakeAsync(world)).Except(empty);
        Assert.All(left, static line => Assert.Contains("forward", line, StringComparison.Ordinal));   // forwarding stays on
    }

    [Fact]
    public async Task After_a_damaged_file_what_lives_is_on_record_again()
    {
        await using World world = await World.CreateDurableAsync();
        await SettleAsync(world);
        EndpointState[] endpoints = [.. Endpoints(world)];

        RestoreReport report = await world.RestartAsync(() => File.WriteAllTextAsync(world.StorePath!, "rubbish", Cancel));   // a durable world has a file

        Assert.Empty(report.Failures);
        Assert.Contains("damaged", report.LostState, StringComparison.Ordinal);
        Assert.Equal(endpoints.Select(Essence), Endpoints(world).Select(Essence));
        Assert.Empty((await world.RestartAsync()).Rebuilt);
        Assert.Equal(endpoints.Select(Essence), Endpoints(world).Select(Essence));
    }

    [Fact]
    public async Task What_the_marks_do_not_tell_is_said_and_stays_protected()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, ISandbox b, IEndpoint target) = await SettleAsync(world);
        using NetworkNamespace from = NetworkNamespace.Open(a.NamespacePath), to = NetworkNamespace.Open(b.NamespacePath);
        string bridge = $"br-{target.Network.Id.Value[..12]}";
        string[] rules = [.. (await KernelSnapshot.TakeAsync(world.Host)).Where(IsRule)];
        INetworkStore store = world.Store;

        RestoreReport report = await world.RestartAsync(async () =>
        {
            await World.ForgetAllAsync(store, saysSo: true);
            await MarkAsync(world, bridge, $"libnetwork:network:{target.Network.Id}");   // as an earlier version wrote it
        });

        Assert.Contains(report.NotRebuilt, line => line.Contains(bridge, StringComparison.Ordinal));
        Assert.False(world.Controller.TryGetNetwork("web", out _));
        Assert.True(world.Controller.TryGetNetwork("closed", out _));
        Assert.NotNull(await world.Store.GetAsync(LostState.Key, Cancel));
        Assert.Equal(rules, (await KernelSnapshot.TakeAsync(world.Host)).Where(IsRule));
        Assert.NotNull(await Traffic.SendAsync(from.OpenSocket, to.OpenSocket, target.State.IPv4!.Value.Address, Patience));
    }

    [Fact]
    public async Task A_mark_that_an_earlier_version_wrote_is_brought_up_to_date_at_a_start()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        string bridge = $"br-{web.Id.Value[..12]}";
        string? before = null, after = null;
        await world.InKernelAsync(session => before = session.Route.FindLink(bridge)!.Alias);   // the network's

        await world.RestartAsync(() => MarkAsync(world, bridge, $"libnetwork:network:{web.Id}"));

        await world.InKernelAsync(session => after = session.Route.FindLink(bridge)!.Alias);   // as before
        Assert.Equal(before, after);
        await world.Controller.GetNetwork("web").DeleteAsync(Cancel);
        await world.Controller.DrainAsync();
        await world.InKernelAsync(session => Assert.Null(session.Route.FindLink(bridge)));   // it was known as ours
    }

    [Fact]
    public async Task A_container_cannot_pass_itself_off_as_another()
    {
        await using World world = await World.CreateAsync();
        (ISandbox a, ISandbox b, _) = await SettleAsync(world);
        string? markOfA = null;
        await world.InKernelAsync(session => markOfA = session.Route.FindLink("lo")!.Alias, a.NamespacePath);   // every sandbox has one
        INetworkStore store = world.Store;

        RestoreReport report = await world.RestartAsync(async () =>
        {
            await World.ForgetAllAsync(store, saysSo: true);
            await MarkAsync(world, "lo", markOfA!, b.NamespacePath);
        });

        Assert.Contains(report.NotRebuilt, line => line.Contains(b.NamespacePath, StringComparison.Ordinal));
        Assert.Equal(a.NamespacePath, Assert.Single(world.Controller.Sandboxes).NamespacePath);
        Assert.False(world.Controller.GetNetwork("web").TryGetEndpoint("b", out _));
    }

    [Fact]
    public async Task An_internal_network_is_internal_again_also_when_the_rules_are_gone()
    {
        await using World world = await World.CreateAsync();
        await SettleAsync(world);
        INetworkStore store = world.Store;

        await world.RestartAsync(async () =>
        {
            await World.ForgetAllAsync(store, saysSo: true);
            await world.InKernelAsync(static session =>
            {
                NftTransaction transaction = session.Nftables.Begin();
                transaction.DestroyTable(NftFamily.Inet, "libnetwork");
                session.Nftables.Commit(transaction);
            });
        });

        Assert.True(world.Controller.GetNetwork("db").State.Internal);
        ISandbox a = world.Controller.GetSandbox("a");
        Assert.Contains((await KernelSnapshot.TakeAsync(world.Host)).Where(IsRule), line => line.Contains("internal", StringComparison.Ordinal));
        Assert.NotNull(await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Patience));
        await world.Controller.GetNetwork("web").GetEndpoint("a").LeaveAsync(a, Cancel);
        await world.Controller.GetNetwork("closed").GetEndpoint("a with a name").LeaveAsync(a, Cancel);
        Assert.Null(await Traffic.SendAsync(a.OpenSocket, world.Host.Outside.OpenSocket, IPAddress.Parse(TestHost.OutsideIPv4), Silence));
    }

    /// <summary>Three bridge networks of different kinds; two sandboxes with four endpoints between them.</summary>
    private static async Task<(ISandbox A, ISandbox B, IEndpoint Target)> SettleAsync(World world)
    {
        INetwork web = await world.NetworkAsync("web", static spec => spec with { Options = new Dictionary<string, string> { [NetworkLabels.Mtu] = "1400" } });
        INetwork db = await world.NetworkAsync("db", static spec => spec with { Internal = true });
        INetwork closed = await world.NetworkAsync("closed", static spec => spec with
        {
            Options = new Dictionary<string, string>
            {
                ["com.docker.network.bridge.enable_icc"] = "false",
                ["com.docker.network.bridge.enable_ip_masquerade"] = "false",
                ["com.docker.network.bridge.gateway_mode_ipv6"] = "routed",
                ["com.docker.network.bridge.name"] = "closed0",
            },
        });
        ISandbox a = await world.SandboxAsync("a"), b = await world.SandboxAsync("b");
        await web.AttachAsync(a, new EndpointSpec { Name = "a", PortBindings = [PortBinding.Parse("8080:80")] }, new JoinOptions { GatewayPriority = 7 }, Cancel);
        IEndpoint target = await web.AttachAsync(b, new EndpointSpec { Name = "b", MacAddress = MacAddress.Parse("02:00:00:00:00:07") }, cancellationToken: Cancel);
        await db.AttachAsync(a, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        await closed.AttachAsync(a, new EndpointSpec { Name = "a with a name" }, cancellationToken: Cancel);
        return (a, b, target);
    }

    private static Task MarkAsync(World world, string link, string mark, string? namespacePath = null) => world.InKernelAsync(
        session =>
        {
            session.Route.Batch.ChangeLink(link, new LinkChange { Alias = mark });
            session.Route.Execute();
        },
        namespacePath);

    private static bool IsRule(string line) => line.StartsWith("nft ", StringComparison.Ordinal);

    private static IEnumerable<NetworkState> Networks(World world) => world.Controller.Networks.Select(network => network.State).OrderBy(state => state.Name);

    private static IEnumerable<EndpointState> Endpoints(World world)
        => world.Controller.Networks.SelectMany(network => network.Endpoints).Select(endpoint => endpoint.State).OrderBy(state => state.Id.Value);

    private static string Essence(NetworkState state)
        => $"{state.Id} {state.Name} {state.Driver} {state.EnableIPv4} {state.EnableIPv6} {state.Internal} "
            + string.Join(' ', state.Pools.Select(pool => $"{pool.PoolId} {pool.Subnet} {pool.Gateway}"))
            + string.Join(' ', state.Options.OrderBy(option => option.Key).Select(option => $" {option.Key}={option.Value}"));

    private static string Essence(EndpointState state)
        => $"{state.Id} {state.Name} {state.NetworkId} {state.MacAddress} {state.IPv4} {state.IPv6} {state.SandboxId} {state.InterfaceName} "
            + $"{state.GatewayIPv4} {state.GatewayIPv6} {string.Join(' ', state.PublishedPorts.Select(port => port.ToString()).Order())}";
}

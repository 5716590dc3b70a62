using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Tests;

/// <summary>Pools and the host's own routes: they do not meet, and when they do later somebody is told.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "IP-04")]
public sealed class HostRangeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongEnoughForAnEvent = TimeSpan.FromMilliseconds(800);

    [Fact]
    public async Task Without_anything_in_the_way_the_first_default_pool_is_chosen()
    {
        await using World world = await World.CreateAsync();

        Assert.Equal("172.17.0.0/16", await PoolOfAsync(world, "a"));
    }

    [Fact]
    public async Task A_chosen_pool_keeps_away_from_routes_of_all_tables_and_from_addresses()
    {
        await using World world = await World.CreateAsync();
        await ChangeAsync(world, static route =>
        {
            int wire = route.FindLink(TestHost.WireName)!.Index;   // the host has it
            route.Batch.AddRoute(Route("172.17.3.0/24") with { Gateway = IPAddress.Parse(TestHost.OutsideIPv4), OutputInterface = wire });
            route.Batch.AddRoute(Route("172.18.0.0/15") with { Table = 100, OutputInterface = wire });
            route.Batch.AddRoute(Route("172.20.0.0/16") with { Type = RouteType.Blackhole });
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "asleep", Index = 99 });
            route.Batch.AddAddress(99, IPAddress.Parse("172.21.7.1"), 24);
            route.Batch.AddRoute(Route("0.0.0.0/1") with { OutputInterface = wire });
        });

        Assert.Equal("172.22.0.0/16", await PoolOfAsync(world, "a"));
    }

    [Fact]
    public async Task A_route_that_came_or_went_a_moment_ago_counts()
    {
        await using World world = await World.CreateAsync();
        Assert.Equal("172.17.0.0/16", await PoolOfAsync(world, "a"));
        RouteSpec route = Route("172.18.0.0/16") with { Type = RouteType.Unreachable };

        await ChangeAsync(world, netlink => netlink.Batch.AddRoute(route));
        Assert.Equal("172.19.0.0/16", await PoolOfAsync(world, "b"));
        await ChangeAsync(world, netlink => netlink.Batch.RemoveRoute(route));
        Assert.Equal("172.18.0.0/16", await PoolOfAsync(world, "c"));
    }

    [Fact]
    public async Task Routes_that_vanish_silently_with_their_link_do_not_make_the_pools_run_out()
    {
        await using World world = await World.CreateAsync();
        await ChangeAsync(world, static route =>
        {
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "office", Index = 99, Up = true });
            route.Batch.AddAddress(99, IPAddress.Parse("192.0.99.1"), 24);
            foreach (string destination in (string[])["172.16.0.0/12", "192.168.0.0/16", "10.0.0.0/8"])
            {
                route.Batch.AddRoute(Route(destination) with { OutputInterface = 99 });
            }
        });
        NetworkException none = await Assert.ThrowsAsync<NetworkException>(() => PoolOfAsync(world, "a"));
        Assert.Equal(NetworkErrorReason.PoolsExhausted, none.Reason);

        await ChangeAsync(world, static route => route.Batch.ChangeLink(99, new LinkChange { Up = false }));

        Assert.Equal("172.17.0.0/16", await PoolOfAsync(world, "b"));
    }

    [Fact]
    public async Task A_chosen_pool_keeps_away_from_the_name_servers()
    {
        using TestHost host = await TestHost.CreateAsync();
        string resolvConf = Path.Combine(host.Folder, "resolv.conf");
        await File.WriteAllTextAsync(resolvConf, "search example.com\nnameserver 172.17.0.53\nnameserver 172.19.0.1\n", World.Cancel);
        await using ServiceProvider services = new ServiceCollection()
            .AddLibNetwork(options => (options.HostNamespacePath, options.RunDirectory, options.ResolvConfPath) = (host.NamespacePath, host.RunDirectory, resolvConf))
            .AddBridgeDriver().Services.BuildServiceProvider();
        INetworkController controller = services.GetRequiredService<INetworkController>();

        INetwork first = await controller.CreateNetworkAsync(new NetworkSpec { Name = "a" }, World.Cancel);
        INetwork second = await controller.CreateNetworkAsync(new NetworkSpec { Name = "b" }, World.Cancel);

        Assert.Equal("172.18.0.0/16", first.State.Pools[0].Subnet.ToString());
        Assert.Equal("172.20.0.0/16", second.State.Pools[0].Subnet.ToString());
    }

    [Fact]
    public async Task A_user_who_names_a_subnet_gets_it_whatever_routes_there_are()
    {
        await using World world = await World.CreateAsync();
        await ChangeAsync(world, static route => route.Batch.AddRoute(Route("10.5.0.0/16") with { Type = RouteType.Unreachable }));

        INetwork network = await world.NetworkAsync("a", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.5.0.0/24") }], EnableIPv6 = false });

        Assert.Equal("10.5.0.0/24", network.State.Pools[0].Subnet.ToString());
    }

    [Fact]
    public async Task A_route_that_appears_and_collides_is_told_with_the_network_and_a_free_pool()
    {
        await using World world = await World.CreateAsync();
        await PoolOfAsync(world, "a");
        await PoolOfAsync(world, "b");
        await using IAsyncEnumerator<ControllerEvent> events = world.Controller.WatchEvents().GetAsyncEnumerator(World.Cancel);

        await ChangeAsync(world, static route =>
        {
            int wire = route.FindLink(TestHost.WireName)!.Index;
            route.Batch.AddRoute(Route("10.200.0.0/16") with { OutputInterface = wire });   // in nobody's way
            route.Batch.AddRoute(Route("172.18.4.0/24") with { OutputInterface = wire, Table = 51820 });
        });

        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Patience, World.Cancel));
        PoolCollisionEvent collision = Assert.IsType<PoolCollisionEvent>(events.Current);
        Assert.Equal(("b", "network \"b\"", "172.18.0.0/16", "172.18.4.0/24"), (collision.NetworkName, collision.Subject, collision.Pool.ToString(), collision.Route.ToString()));
        Assert.Equal("172.19.0.0/16", collision.FreePool.ToString());
        Assert.Equal("172.19.0.0/16", await PoolOfAsync(world, "c"));   // and it is still free
    }

    [Fact]
    public async Task A_VPN_with_an_address_in_a_network_s_pool_is_told()
    {
        await using World world = await World.CreateAsync();
        await PoolOfAsync(world, "a");
        await using IAsyncEnumerator<ControllerEvent> events = world.Controller.WatchEvents().GetAsyncEnumerator(World.Cancel);

        await ChangeAsync(world, static route =>
        {
            route.Batch.CreateBridge(new BridgeLinkSpec { Name = "vpn", Index = 99, Up = true });
            route.Batch.AddAddress(99, IPAddress.Parse("172.17.0.9"), 16);
        });

        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Patience, World.Cancel));
        PoolCollisionEvent collision = Assert.IsType<PoolCollisionEvent>(events.Current);
        Assert.Equal(("a", 99), (collision.NetworkName, collision.LinkIndex));
    }

    [Fact]
    public async Task Our_own_verbs_are_no_collision()
    {
        await using World world = await World.CreateAsync();
        INetwork first = await world.NetworkAsync("a");
        IAsyncEnumerator<ControllerEvent> events = world.Controller.WatchEvents().GetAsyncEnumerator(World.Cancel);
        ValueTask<bool> next = events.MoveNextAsync();
        for (int i = 0; i < 5; i++)
        {
            INetwork network = await world.NetworkAsync($"n{i}");
            ISandbox sandbox = await world.SandboxAsync($"c{i}");
            await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: World.Cancel);
            await sandbox.DeleteAsync(World.Cancel);
            await network.DeleteAsync(World.Cancel);
        }

        await first.DeleteAsync(World.Cancel);
        await world.NetworkAsync("again");
        await Task.Delay(LongEnoughForAnEvent, World.Cancel);

        Assert.False(next.IsCompleted, next.IsCompleted ? events.Current.ToString() : null);
    }

    private static RouteSpec Route(string destination) => new() { Destination = IPNetwork.Parse(destination) };

    private static async Task<string> PoolOfAsync(World world, string name)
        => (await world.NetworkAsync(name)).State.Pools[0].Subnet.ToString();

    private static async Task ChangeAsync(World world, Action<RtNetlink> change)
    {
        await using HostKernel kernel = HostKernel.Open(new HostKernelOptions { NamespacePath = world.Host.NamespacePath });
        await kernel.RunAsync(
            static (session, change) =>
            {
                change(session.Route);
                session.Route.Execute();
                return 0;
            },
            change,
            World.Cancel);
    }
}

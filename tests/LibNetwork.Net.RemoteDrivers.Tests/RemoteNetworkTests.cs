using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.RemoteDrivers.Tests;

/// <summary>Networks whose driver is a plugin, with the kernel.</summary>
[Trait("Category", "Kernel")]
public sealed class RemoteNetworkTests
{
    private const string Joined =
        """{"InterfaceName":{"SrcName":"plug0","DstPrefix":"wan"},"Gateway":"10.8.0.254","StaticRoutes":[{"Destination":"10.99.0.0/16","RouteType":0,"NextHop":"10.8.0.253"},{"Destination":"10.98.0.0/16","RouteType":1}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Feature", "RM-01")]
    public async Task The_interface_that_a_plugin_names_is_moved_into_the_sandbox_and_back()
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        FakePlugin plugin = world.Keep(await StartAsync(world));
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("one");

        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "one", MacAddress = MacAddress.Parse("02:00:00:00:00:51") }, cancellationToken: Cancel);

        Assert.Equal(("wan0", "10.8.0.254"), (endpoint.State.InterfaceName?.Value, endpoint.State.GatewayIPv4?.ToString()));
        string inside = await world.IpAsync("-o addr show wan0", sandbox);
        Assert.Contains("inet 10.8.0.2/24", inside, StringComparison.Ordinal);
        Assert.Contains("02:00:00:00:00:51", await world.IpAsync("-o link show wan0", sandbox), StringComparison.Ordinal);
        string routes = await world.IpAsync("route", sandbox);
        Assert.Contains("default via 10.8.0.254 dev wan0", routes, StringComparison.Ordinal);
        Assert.Contains("10.99.0.0/16 via 10.8.0.253 dev wan0", routes, StringComparison.Ordinal);
        Assert.Contains("10.98.0.0/16 dev wan0 proto static scope link", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("plug0", await world.IpAsync("-o link"), StringComparison.Ordinal);
        Assert.Equal(sandbox.NamespacePath, (string?)plugin.LastOf("NetworkDriver.Join")["SandboxKey"]);
        Assert.Contains("NetworkDriver.ProgramExternalConnectivity", plugin.Verbs);

        await endpoint.LeaveAsync(sandbox, Cancel);

        Assert.Contains("plug0", await world.IpAsync("-o link"), StringComparison.Ordinal);
        Assert.DoesNotContain("wan0", await world.IpAsync("-o link", sandbox), StringComparison.Ordinal);
        Assert.Equal(["NetworkDriver.RevokeExternalConnectivity", "NetworkDriver.Leave"], plugin.Verbs.TakeLast(2));
        await endpoint.JoinAsync(sandbox, cancellationToken: Cancel);
        Assert.Equal("wan0", endpoint.State.InterfaceName?.Value);
        await endpoint.DeleteAsync(force: true, Cancel);
        await network.DeleteAsync(Cancel);
        Assert.Equal(["NetworkDriver.DeleteEndpoint", "NetworkDriver.DeleteNetwork"], plugin.Verbs.TakeLast(2));
    }

    [Fact]
    [Trait("Feature", "RM-01")]
    public async Task A_name_that_the_user_wants_wins_over_the_plugins()
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        FakePlugin plugin = world.Keep(await StartAsync(world));
        INetwork network = await world.NetworkAsync("web");

        IEndpoint endpoint = await network.AttachAsync(
            await world.SandboxAsync("one"), new EndpointSpec { Name = "one" }, new JoinOptions { InterfaceName = new InterfaceName("mine") }, Cancel);

        Assert.Equal("mine", endpoint.State.InterfaceName?.Value);
    }

    [Theory]
    [InlineData("""{"InterfaceName":{"SrcName":"nowhere","DstPrefix":"eth"}}""")]
    [InlineData("""{"InterfaceName":{"SrcName":"lo","DstPrefix":"eth"}}""")]
    [InlineData("""{"InterfaceName":{"SrcName":"plug0","DstPrefix":"eth"},"Gateway":"10.77.0.1"}""")]
    [InlineData("""{"InterfaceName":{"SrcName":"plug0","DstPrefix":"eth"},"StaticRoutes":[{"Destination":"10.99.0.0/16","RouteType":0,"NextHop":"10.77.0.1"}]}""")]
    [InlineData("""{"InterfaceName":{"SrcName":"plug0/../x","DstPrefix":"eth"}}""")]
    [InlineData("""{"InterfaceName":""")]
    [Trait("Feature", "RM-01")]
    public async Task An_answer_that_cannot_be_carried_out_leaves_nothing(string answer)
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        FakePlugin plugin = world.Keep(await StartAsync(world));
        INetwork network = await world.NetworkAsync("web");
        ISandbox sandbox = await world.SandboxAsync("one");
        string before = await world.IpAsync("-o link");
        plugin.Answer("NetworkDriver.Join", answer);

        await Assert.ThrowsAnyAsync<NetworkException>(() => network.AttachAsync(sandbox, new EndpointSpec { Name = "one" }, cancellationToken: Cancel));

        Assert.Empty(network.Endpoints);
        Assert.Equal(["NetworkDriver.Leave", "NetworkDriver.DeleteEndpoint"], plugin.Verbs.Where(static verb => !verb.EndsWith("OperInfo", StringComparison.Ordinal)).TakeLast(2));
        Assert.Equal(before.Count(static c => c == '\n'), (await world.IpAsync("-o link")).Count(static c => c == '\n'));
        Assert.DoesNotContain("eth0", await world.IpAsync("-o link", sandbox), StringComparison.Ordinal);
        plugin.Answer("NetworkDriver.Join", Joined);
        IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "one" }, cancellationToken: Cancel);
        Assert.Equal("10.8.0.2/24", endpoint.State.IPv4?.ToString());   // the address was given back
    }

    [Theory]
    [InlineData("""{"Address":"10.77.0.9/24"}""")]
    [InlineData("""{"Address":"fd00::9/64"}""")]
    [Trait("Feature", "IP-15")]
    public async Task An_address_outside_its_pool_is_given_back(string given)
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        FakePlugin plugin = world.Keep(await StartAsync(world));
        plugin.Answer("IpamDriver.RequestPool", """{"PoolID":"p","Pool":"10.8.0.0/24","Data":{"com.docker.network.gateway":"10.8.0.1/24"}}""");
        plugin.Answer("IpamDriver.RequestAddress", given);
        INetwork network = await world.NetworkAsync("web", static spec => spec with { IpamDriver = FakePlugin.Name });

        NetworkException wrong = await Assert.ThrowsAnyAsync<NetworkException>(
            () => network.CreateEndpointAsync(new EndpointSpec { Name = "one" }, Cancel));

        Assert.Contains(FakePlugin.Name, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("NetworkDriver.CreateEndpoint", plugin.Verbs);
        Assert.Equal("IpamDriver.ReleaseAddress", plugin.Verbs.Last());
        plugin.Answer("IpamDriver.RequestAddress", """{"Address":"10.8.0.9/24"}""");
        Assert.Equal("10.8.0.9/24", (await network.CreateEndpointAsync(new EndpointSpec { Name = "one" }, Cancel)).State.IPv4?.ToString());
    }

    [Theory]
    [InlineData("""{"PoolID":"p","Pool":"10.8.0.0/24","Data":{"com.docker.network.gateway":"10.77.0.1/24"}}""")]
    [InlineData("""{"PoolID":"p","Pool":"10.8.0.0/24","Data":{"com.docker.network.gateway":"router"}}""")]
    [Trait("Feature", "IP-15")]
    public async Task A_gateway_outside_its_pool_gives_the_pool_back(string pool)
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        FakePlugin plugin = world.Keep(await StartAsync(world));
        plugin.Answer("IpamDriver.RequestPool", pool);

        await Assert.ThrowsAnyAsync<NetworkException>(() => world.NetworkAsync("web", static spec => spec with { IpamDriver = FakePlugin.Name }));

        Assert.Equal(["IpamDriver.RequestPool", "IpamDriver.ReleasePool"], plugin.Verbs);
        Assert.Empty(world.Controller.Networks);
    }

    [Fact]
    [Trait("Feature", "RM-02")]
    public async Task An_unknown_driver_is_not_found_until_it_starts()
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        NetworkException missing = await Assert.ThrowsAsync<NetworkException>(() => world.NetworkAsync("web"));
        Assert.Equal((NetworkErrorKind.NotFound, nameof(NetworkSpec.Driver)), (missing.Kind, missing.Field));
        Assert.Contains("start the plugin", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(FakePlugin.Name, world.Controller.Drivers);

        FakePlugin plugin = world.Keep(await StartAsync(world));
        await world.NetworkAsync("web");

        Assert.Contains(FakePlugin.Name, world.Controller.Drivers);
    }

    [Fact]
    [Trait("Feature", "RM-01")]
    public async Task After_a_restart_the_plugin_is_asked_for_nothing_again_and_all_goes_on()
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        FakePlugin plugin = world.Keep(await StartAsync(world));
        INetwork network = await world.NetworkAsync("web", static spec => spec with { IpamDriver = "default" });
        await network.AttachAsync(await world.SandboxAsync("one"), new EndpointSpec { Name = "one" }, cancellationToken: Cancel);
        plugin.Requests.Clear();

        RestoreReport report = await world.RestartAsync();

        Assert.Empty(report.Failures);
        Assert.Equal(["NetworkDriver.EndpointOperInfo"], plugin.Verbs);
        IEndpoint endpoint = world.Controller.GetNetwork("web").GetEndpoint("one");
        Assert.Equal("wan0", endpoint.State.InterfaceName?.Value);
        await endpoint.DeleteAsync(force: true, Cancel);
        await world.Controller.GetNetwork("web").DeleteAsync(Cancel);
        Assert.Equal(["NetworkDriver.RevokeExternalConnectivity", "NetworkDriver.Leave", "NetworkDriver.DeleteEndpoint", "NetworkDriver.DeleteNetwork"], plugin.Verbs.TakeLast(4));
        Assert.Contains("plug0", await world.IpAsync("-o link"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "RM-02")]
    public async Task A_network_whose_plugin_is_gone_is_reported_at_a_start_and_the_others_come_back()
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        await using (FakePlugin plugin = await StartAsync(world))
        {
            await world.NetworkAsync("web");
        }

        RestoreReport report = await world.RestartAsync();

        NetworkException failure = Assert.Single(report.Failures);
        Assert.Contains(FakePlugin.Name, failure.Message, StringComparison.Ordinal);
        world.Keep(FakePlugin.At(world.Folder.FakeSocket));
        Assert.Empty((await world.RestartAsync()).Failures);
        Assert.Equal("web", Assert.Single(world.Controller.Networks).Name);
    }

    [Fact]
    [Trait("Feature", "RM-01")]
    public async Task Two_sandboxes_talk_over_a_driver_behind_a_plugin()
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        world.Keep(await PluginServer.StartAsync(
            world.Folder.FakeSocket,
            services => services.AddLibNetwork(options =>
            {
                options.HostNamespacePath = world.Host.NamespacePath;
                options.RunDirectory = world.Host.RunDirectory;
            }).AddMacvlanDriver(),
            hostPath: world.Host.NamespacePath));
        INetwork network = await world.NetworkAsync("web", static spec => spec with { EnableIPv6 = true, IpamDriver = FakePlugin.Name, Options = new Dictionary<string, string> { ["parent"] = TestHost.WireName } });
        ISandbox one = await world.SandboxAsync("one"), two = await world.SandboxAsync("two");

        await network.AttachAsync(one, new EndpointSpec { Name = "one" }, cancellationToken: Cancel);
        IEndpoint other = await network.AttachAsync(two, new EndpointSpec { Name = "two" }, cancellationToken: Cancel);

        string target4 = other.State.IPv4?.Address.ToString() ?? string.Empty, target6 = other.State.IPv6?.Address.ToString() ?? string.Empty;
        Assert.True(await Ping.SendAsync(one.OpenSocket, target4));
        Assert.True(await Ping.SendAsync(one.OpenSocket, target6));
        await other.DeleteAsync(force: true, Cancel);
        Assert.False(await Ping.SendAsync(one.OpenSocket, target4, expected: false));
        await one.DeleteAsync(Cancel);
        await network.DeleteAsync(Cancel);
        Assert.DoesNotContain("lnp", await world.IpAsync("-o link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_of_a_network_of_a_plugin_is_refused()
    {
        await using RemoteWorld world = await RemoteWorld.CreateAsync();
        FakePlugin plugin = world.Keep(await StartAsync(world));

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            () => world.Controller.PlanAsync(new NetworkSpec { Name = "web", Driver = FakePlugin.Name }, Cancel));

        Assert.Equal(NetworkErrorKind.NotSupported, refused.Kind);
        Assert.DoesNotContain("NetworkDriver.CreateNetwork", plugin.Verbs);
    }

    /// <summary>A plugin, and an interface of its on the host.</summary>
    private static async Task<FakePlugin> StartAsync(RemoteWorld world)
    {
        await world.IpAsync("link add plug0 type veth peer name plug1");
        FakePlugin plugin = world.Folder.Start();
        plugin.Answer("NetworkDriver.Join", Joined);
        return plugin;
    }
}

using System.Net;
using LibNetwork.Drivers;
using LibNetwork.TestSupport;

namespace LibNetwork.Core.Tests;

public sealed class SandboxLifeCycleTests
{
    private static CancellationToken Cancel => ControllerFixture.Cancel;

    [Fact, Trait("Feature", "CN-14")]
    public async Task A_container_has_one_sandbox()
    {
        await using ControllerFixture fixture = new();
        await fixture.SandboxAsync("one");

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => fixture.SandboxAsync("one"));

        Assert.Equal(NetworkErrorKind.Forbidden, exception.Kind);
    }

    [Fact, Trait("Feature", "CN-18")]
    public async Task Deleting_a_sandbox_takes_its_endpoints_along_and_an_unknown_container_is_fine()
    {
        await using ControllerFixture fixture = new();
        INetwork web = await fixture.NetworkAsync("web");
        INetwork db = await fixture.NetworkAsync("db");
        ISandbox sandbox = await fixture.SandboxAsync("one");
        await web.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        await db.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);

        await fixture.Controller.DeleteSandboxAsync("one", Cancel);
        await fixture.Controller.DeleteSandboxAsync("one", Cancel);

        Assert.Empty(fixture.Driver.Endpoints);
        Assert.Empty(web.Endpoints);
        Assert.Empty(fixture.Controller.Sandboxes);
    }

    [Fact, Trait("Feature", "CN-20"), Trait("Feature", "CN-21"), Trait("Feature", "CN-22")]
    public async Task The_gateway_is_the_first_by_priority_for_each_family_and_the_next_takes_over()
    {
        await using ControllerFixture fixture = new();
        fixture.Driver.Join = request => new DriverJoin
        {
            GatewayIPv4 = IPAddress.Parse("10.0.0.1"),
            GatewayIPv6 = fixture.Driver.Endpoints[request.EndpointId].IPv6 is null ? null : IPAddress.Parse("fd00::1"),
        };
        INetwork only4 = await fixture.NetworkAsync("only4");
        INetwork both = await fixture.NetworkAsync("both", spec => spec with { EnableIPv6 = true });
        ISandbox sandbox = await fixture.SandboxAsync("one");

        IEndpoint first = await only4.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, new JoinOptions { GatewayPriority = 1000 }, Cancel);
        IEndpoint second = await both.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        SandboxState together = sandbox.State;
        await first.DeleteAsync(force: true, Cancel);

        Assert.Equal(first.Id, together.GatewayIPv4);
        Assert.Equal(second.Id, together.GatewayIPv6);
        Assert.Equal(second.Id, sandbox.State.GatewayIPv4);
    }

    [Fact, Trait("Feature", "CN-20"), Trait("Feature", "CN-31")]
    public async Task With_equal_priority_an_internal_network_comes_last_then_more_families_first_then_the_name()
    {
        await using ControllerFixture fixture = new();
        fixture.Driver.Join = static _ => new DriverJoin { GatewayIPv4 = IPAddress.Parse("10.0.0.1"), GatewayIPv6 = IPAddress.Parse("fd00::1") };
        ISandbox sandbox = await fixture.SandboxAsync("one");
        List<EndpointId> wanted = [];
        foreach ((string name, bool ipv6, bool isInternal) in new[] { ("z6", true, false), ("a4", false, false), ("b4", false, false), ("a-internal", true, true) })
        {
            INetwork network = await fixture.NetworkAsync(name, spec => spec with { EnableIPv6 = ipv6, Internal = isInternal });
            wanted.Add((await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel)).Id);
        }

        Assert.Equal(wanted, sandbox.State.Endpoints);
        Assert.Equal(wanted[0], sandbox.State.GatewayIPv4);
    }

    [Fact, Trait("Feature", "CN-23")]
    public async Task A_sandbox_without_a_way_out_gets_one_on_the_gateway_network_until_it_has_its_own()
    {
        FakeNetworkDriver bridge = new("bridge") { Join = static _ => new DriverJoin { GatewayIPv4 = IPAddress.Parse("172.18.0.1") } };
        FakeNetworkDriver cluster = new("fake");
        await using ControllerFixture fixture = new(cluster, bridge);
        INetwork without = await fixture.NetworkAsync("overlay");
        INetwork with = await fixture.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web" }, Cancel);
        ISandbox sandbox = await fixture.SandboxAsync("one");

        await without.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        INetwork gateway = fixture.Controller.GetNetwork("docker_gwbridge");
        int whileNeeded = gateway.Endpoints.Count;
        await with.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);

        Assert.Equal(1, whileNeeded);
        Assert.Empty(gateway.Endpoints);
        Assert.Equal(2, sandbox.State.Endpoints.Count);
    }

    [Fact, Trait("Feature", "CN-18")]
    public async Task What_is_joining_when_its_sandbox_is_deleted_goes_with_it()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        ISandbox sandbox = await fixture.SandboxAsync("one");
        Task? deletion = null;
        fixture.Driver.Join = _ =>
        {
            deletion = Task.Run(() => sandbox.DeleteAsync(Cancel), Cancel);
            Thread.Sleep(100);   // time for the deletion to come in between, if it could
            return new DriverJoin();
        };

        await network.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        await deletion!;   // the join began it

        Assert.Empty(fixture.Driver.Joined);
        Assert.Empty(network.Endpoints);
    }

    [Fact, Trait("Feature", "CN-22")]
    public async Task When_a_join_fails_half_way_each_driver_hears_again_who_the_gateway_is()
    {
        await using ControllerFixture fixture = new();
        fixture.Driver.Join = static _ => new DriverJoin { GatewayIPv4 = IPAddress.Parse("10.0.0.1") };
        INetwork first = await fixture.NetworkAsync("first");
        INetwork second = await fixture.NetworkAsync("second");
        INetwork third = await fixture.NetworkAsync("third");
        ISandbox sandbox = await fixture.SandboxAsync("one");
        IEndpoint gateway = await first.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        await third.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        IEndpoint refused = await second.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        fixture.Driver.FailOnce(nameof(IExternalConnectivityDriver.ProgramExternalConnectivityAsync), new InvalidOperationException("no"), after: 2);

        await Assert.ThrowsAsync<NetworkException>(() => refused.JoinAsync(sandbox, new JoinOptions { GatewayPriority = 1 }, Cancel));

        Assert.Equal(gateway.Id, fixture.Driver.Gateways[gateway.Id]);
        Assert.Equal(gateway.Id, sandbox.State.GatewayIPv4);
    }

    [Fact, Trait("Feature", "CN-23")]
    public async Task An_automatic_endpoint_that_could_not_go_fails_no_join_and_goes_at_the_sandboxs_next_change()
    {
        FakeNetworkDriver bridge = new("bridge") { Join = static _ => new DriverJoin { GatewayIPv4 = IPAddress.Parse("172.18.0.1") } };
        await using ControllerFixture fixture = new(new FakeNetworkDriver(), bridge);
        INetwork overlay = await fixture.NetworkAsync("overlay");
        INetwork web = await fixture.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web" }, Cancel);
        INetwork db = await fixture.Controller.CreateNetworkAsync(new NetworkSpec { Name = "db" }, Cancel);
        ISandbox sandbox = await fixture.SandboxAsync("one");
        await overlay.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        INetwork gateway = fixture.Controller.GetNetwork("docker_gwbridge");
        bridge.FailOnce(nameof(INetworkDriver.DeleteEndpointAsync), new InvalidOperationException("no"), after: 0);

        await web.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);
        int left = gateway.Endpoints.Count;
        await db.AttachAsync(sandbox, new EndpointSpec { Name = "a" }, cancellationToken: Cancel);

        Assert.Equal(1, left);
        Assert.Empty(gateway.Endpoints);
    }

    [Fact, Trait("Feature", "CN-38")]
    public async Task Containers_of_the_host_share_its_namespace()
    {
        await using ControllerFixture fixture = new();

        ISandbox one = await fixture.SandboxAsync("one");
        ISandbox two = await fixture.SandboxAsync("two");

        Assert.Equal(one.NamespacePath, two.NamespacePath);
        Assert.True(one.State.UsesHostNamespace);
    }

    [Fact]
    public async Task A_sandbox_is_found_by_its_id_and_its_containers_and_nothing_else()
    {
        await using ControllerFixture fixture = new();
        ISandbox made = await fixture.SandboxAsync("c1");

        Assert.True(fixture.Controller.TryGetSandbox("c1", out ISandbox? byContainer));
        Assert.True(fixture.Controller.TryGetSandbox(made.Id.Value, out ISandbox? byId));
        Assert.Same(made, byContainer);
        Assert.Same(made, byId);
        Assert.False(fixture.Controller.TryGetSandbox("c2", out _));
    }

    [Fact]
    public async Task A_sandbox_of_another_controller_is_not_found()
    {
        await using ControllerFixture fixture = new();
        await using ControllerFixture other = new();
        INetwork network = await fixture.NetworkAsync("web");
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        ISandbox foreign = await other.SandboxAsync("one");

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => endpoint.JoinAsync(foreign, cancellationToken: Cancel));

        Assert.Equal(NetworkErrorKind.NotFound, exception.Kind);
    }
}

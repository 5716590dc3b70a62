using System.Net;
using LibNetwork.Drivers;

namespace LibNetwork.Core.Tests;

public sealed class EndpointLifeCycleTests
{
    private static CancellationToken Cancel => ControllerFixture.Cancel;

    [Fact, Trait("Feature", "CN-10")]
    public async Task An_endpoint_name_is_given_once_per_network()
    {
        await using ControllerFixture fixture = new();
        INetwork web = await fixture.NetworkAsync("web");
        INetwork db = await fixture.NetworkAsync("db");
        await web.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => web.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel));
        IEndpoint elsewhere = await db.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);

        Assert.Equal(NetworkErrorKind.Forbidden, exception.Kind);
        Assert.Equal("a", elsewhere.Name);
    }

    [Fact, Trait("Feature", "CN-11")]
    public async Task A_driver_that_refuses_an_endpoint_gives_its_address_back()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        int before = await fixture.StoredKeysAsync();
        fixture.Driver.Failures["CreateEndpointAsync"] = new InvalidOperationException("no");

        await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel));
        int after = await fixture.StoredKeysAsync();
        fixture.Driver.Failures.Clear();
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);

        Assert.Equal(before, after);
        Assert.Equal(network.State.Pools[0].Subnet.AddressAt(2), endpoint.State.IPv4?.Address);
    }

    [Theory, Trait("Feature", "CN-12")]
    [InlineData("10.0.0.1")]
    [InlineData("2001:db8::1")]
    public async Task Only_link_local_addresses_may_be_given_as_such(string address)
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(
            new EndpointSpec { Name = "a", LinkLocalAddresses = [IPAddress.Parse(address)] }, Cancel));

        Assert.Equal("LinkLocalAddresses", exception.Field);
    }

    [Fact, Trait("Feature", "CN-13")]
    public async Task A_driver_may_fill_in_a_MAC_address_but_not_replace_one()
    {
        await using ControllerFixture fixture = new();
        MacAddress drivers = MacAddress.Parse("02:00:00:00:00:01");
        fixture.Driver.Endpoint = new DriverEndpoint { MacAddress = drivers };
        INetwork network = await fixture.NetworkAsync("web");

        IEndpoint filled = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(
            new EndpointSpec { Name = "b", MacAddress = MacAddress.Parse("02:00:00:00:00:02") }, Cancel));

        Assert.Equal(drivers, filled.State.MacAddress);
        Assert.Equal(NetworkErrorKind.Forbidden, exception.Kind);
        Assert.Single(fixture.Driver.Endpoints);
    }

    [Fact]
    public async Task A_wanted_address_is_kept_and_who_holds_it_is_named()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.1.0.0/24") }] });
        EndpointSpec wanted = new() { Name = "a", IPv4Address = IPAddress.Parse("10.1.0.5") };

        IEndpoint first = await network.CreateEndpointAsync(wanted, Cancel);
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(wanted with { Name = "b" }, Cancel));
        NetworkException outside = await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(
            new EndpointSpec { Name = "c", IPv4Address = IPAddress.Parse("10.2.0.5") }, Cancel));

        Assert.Equal(InterfaceAddress.Parse("10.1.0.5/24"), first.State.IPv4);
        Assert.Equal("endpoint \"a\" on network \"web\"", taken.Holder);
        Assert.Equal(NetworkErrorKind.InvalidArgument, outside.Kind);
    }

    [Fact, Trait("Feature", "CN-15"), Trait("Feature", "CN-16"), Trait("Feature", "CN-17")]
    public async Task An_endpoint_joins_one_sandbox_and_leaves_only_that()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        ISandbox one = await fixture.SandboxAsync("one");
        ISandbox two = await fixture.SandboxAsync("two");

        NetworkException early = await Assert.ThrowsAsync<NetworkException>(() => endpoint.LeaveAsync(one, Cancel));
        await endpoint.JoinAsync(one, cancellationToken: Cancel);
        NetworkException second = await Assert.ThrowsAsync<NetworkException>(() => endpoint.JoinAsync(two, cancellationToken: Cancel));
        NetworkException wrong = await Assert.ThrowsAsync<NetworkException>(() => endpoint.LeaveAsync(two, Cancel));
        NetworkException delete = await Assert.ThrowsAsync<NetworkException>(() => endpoint.DeleteAsync(cancellationToken: Cancel));
        await endpoint.DeleteAsync(force: true, Cancel);

        Assert.All([early, second, wrong, delete], exception => Assert.Equal(NetworkErrorKind.Forbidden, exception.Kind));
        Assert.Empty(fixture.Driver.Joined);
        Assert.Empty(one.State.Endpoints);
        await Assert.ThrowsAsync<ArgumentNullException>(() => endpoint.LeaveAsync(null!, Cancel));   // what a caller without nullable may do
    }

    [Fact, Trait("Feature", "CN-19")]
    public async Task A_join_that_fails_leaves_the_endpoint_as_it_was()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        ISandbox sandbox = await fixture.SandboxAsync("one");
        fixture.Driver.Failures["ProgramExternalConnectivityAsync"] = new InvalidOperationException("no");

        await Assert.ThrowsAsync<NetworkException>(() => endpoint.JoinAsync(sandbox, cancellationToken: Cancel));
        fixture.Driver.Failures.Clear();

        Assert.Null(endpoint.State.SandboxId);
        Assert.Empty(sandbox.State.Endpoints);
        Assert.Empty(fixture.Driver.Joined);
        await endpoint.JoinAsync(sandbox, cancellationToken: Cancel);
        Assert.Equal(sandbox.Id, endpoint.State.SandboxId);
    }

    [Fact, Trait("Feature", "CN-39")]
    public async Task IPv6_can_be_left_out_of_one_endpoint()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web", spec => spec with { EnableIPv6 = true });

        IEndpoint with = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        IEndpoint without = await network.CreateEndpointAsync(new EndpointSpec { Name = "b", DisableIPv6 = true }, Cancel);

        Assert.NotNull(with.State.IPv6);
        Assert.Null(without.State.IPv6);
    }

    [Fact, Trait("Feature", "CN-40")]
    public async Task The_names_of_a_live_endpoint_are_replaced()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "a", DnsNames = ["old"] }, Cancel);

        await endpoint.UpdateDnsNamesAsync(["new", "newer"], Cancel);

        Assert.Equal(["new", "newer"], endpoint.State.DnsNames);
    }

    [Fact, Trait("Feature", "CN-11")]
    public async Task An_address_is_not_given_back_before_the_driver_let_go_and_never_twice()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        IEndpoint stuck = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);
        fixture.Driver.Failures["DeleteEndpointAsync"] = new InvalidOperationException("stuck");

        await Assert.ThrowsAsync<AggregateException>(() => stuck.DeleteAsync(cancellationToken: Cancel));
        IEndpoint other = await network.CreateEndpointAsync(new EndpointSpec { Name = "b" }, Cancel);
        fixture.Driver.Failures.Clear();
        await stuck.DeleteAsync(cancellationToken: Cancel);
        await stuck.DeleteAsync(cancellationToken: Cancel);

        Assert.NotEqual(stuck.State.IPv4, other.State.IPv4);
    }
}

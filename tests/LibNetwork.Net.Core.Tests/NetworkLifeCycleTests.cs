using System.Net;
using LibNetwork.Stores;
using LibNetwork.TestSupport;

namespace LibNetwork.Core.Tests;

public sealed class NetworkLifeCycleTests
{
    private static CancellationToken Cancel => ControllerFixture.Cancel;

    [Fact, Trait("Feature", "CN-01"), Trait("Feature", "CN-04")]
    public async Task A_network_without_an_id_gets_a_random_one_of_64_hexadecimal_digits()
    {
        await using ControllerFixture fixture = new();

        INetwork network = await fixture.NetworkAsync("web");

        Assert.Matches("^[0-9a-f]{64}$", network.Id.Value);
        Assert.Same(network, fixture.Controller.GetNetwork("web"));
        Assert.Same(network, fixture.Controller.GetNetwork(network.Id.Value));
        Assert.Contains(network.Id, fixture.Driver.Networks.Keys);
    }

    [Fact, Trait("Feature", "CN-02")]
    public async Task A_name_or_an_id_is_given_once()
    {
        await using ControllerFixture fixture = new();
        INetwork first = await fixture.NetworkAsync("web", spec => spec with { Id = new NetworkId("one") });

        NetworkException name = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync("web"));
        NetworkException id = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync("other", spec => spec with { Id = first.Id }));

        Assert.Equal(NetworkErrorKind.Conflict, name.Kind);
        Assert.Equal(NetworkErrorKind.Conflict, id.Kind);
        Assert.False(fixture.Controller.TryGetNetwork("other", out _));
    }

    [Theory, Trait("Feature", "CN-03")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public async Task A_bad_name_is_refused_and_the_field_is_named(string name)
    {
        await using ControllerFixture fixture = new();

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync(name));

        Assert.Equal(NetworkErrorKind.InvalidArgument, exception.Kind);
        Assert.Equal("Name", exception.Field);
        Assert.Equal(0, await fixture.StoredKeysAsync());
    }

    [Fact, Trait("Feature", "CN-05")]
    public async Task Of_many_creations_with_one_name_exactly_one_succeeds()
    {
        await using ControllerFixture fixture = new();

        bool[] succeeded = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            try
            {
                await fixture.NetworkAsync("web");
                return true;
            }
            catch (NetworkException exception) when (exception.Kind == NetworkErrorKind.Conflict)
            {
                return false;
            }
        })));

        Assert.Single(succeeded, won => won);
        Assert.Single(fixture.Driver.Networks);
    }

    [Fact]
    public async Task What_the_driver_chooses_of_open_options_is_on_record_and_the_users_own_choice_stays()
    {
        await using ControllerFixture fixture = new();
        fixture.Driver.ChosenOptions["number"] = "4711";
        fixture.Driver.ChosenOptions["colour"] = "red";

        INetwork network = await fixture.NetworkAsync("web", spec => spec with { Options = new Dictionary<string, string> { ["colour"] = "blue", ["shape"] = "round" } });
        StoreEntry entry = (await fixture.Store.ListAsync(StoreKeys.Networks, Cancel)).Single();
        NetworkState kept = StoreRecords.ReadNetwork(entry, static _ => NetworkScope.Local).State;

        Dictionary<string, string> wanted = new() { ["colour"] = "blue", ["number"] = "4711", ["shape"] = "round" };
        Assert.Equal(wanted, network.State.Options);
        Assert.Equal(wanted, kept.Options);
        Assert.Equal(wanted, fixture.Driver.Networks[network.Id].Options);
    }

    [Fact]
    public async Task A_driver_that_can_choose_nothing_leaves_nothing_behind()
    {
        await using ControllerFixture fixture = new();
        PoolSpec pool = new() { Subnet = Subnet.Parse("10.77.0.0/24") };
        fixture.Driver.Failures["CompleteOptionsAsync"] = new NetworkException(NetworkErrorKind.Exhausted, "network \"web\"", "there is no number left");

        NetworkException none = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync("web", spec => spec with { Pools = [pool] }));
        int left = await fixture.StoredKeysAsync();
        fixture.Driver.Failures.Clear();
        await fixture.NetworkAsync("web", spec => spec with { Pools = [pool] });   // name and pool are free

        Assert.Equal((NetworkErrorKind.Exhausted, 0), (none.Kind, left));
    }

    [Fact, Trait("Feature", "CN-02")]
    public async Task Of_many_creations_with_one_id_exactly_one_succeeds_and_stays()
    {
        await using ControllerFixture fixture = new();
        NetworkId id = new("one");

        INetwork?[] made = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            try
            {
                return await fixture.NetworkAsync($"web{i}", spec => spec with { Id = id });
            }
            catch (NetworkException exception) when (exception.Kind == NetworkErrorKind.Conflict)
            {
                return null;
            }
        })));

        INetwork winner = Assert.Single(made.OfType<INetwork>());
        Assert.Same(winner, Assert.Single(fixture.Controller.Networks));
        Assert.Equal(winner.Name, fixture.Driver.Networks[id].Name);
        Assert.Equal(1, await fixture.StoredKeysAsync());
    }

    [Fact, Trait("Feature", "CN-06"), Trait("Feature", "CN-41")]
    public async Task A_driver_that_fails_leaves_no_pool_no_name_and_no_record()
    {
        await using ControllerFixture fixture = new();
        fixture.Driver.Failures["CreateNetworkAsync"] = new InvalidOperationException("no luck");
        PoolSpec[] pools = [new PoolSpec { Subnet = Subnet.Parse("10.34.0.0/16"), Gateway = IPAddress.Parse("10.34.255.254") }];

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync("web", spec => spec with { Pools = pools }));
        int left = await fixture.StoredKeysAsync();
        fixture.Driver.Failures.Clear();
        INetwork again = await fixture.NetworkAsync("web", spec => spec with { Pools = pools });

        Assert.Equal(NetworkErrorKind.Internal, exception.Kind);
        Assert.Equal(0, left);
        Assert.Equal(IPAddress.Parse("10.34.255.254"), again.State.Pools[0].Gateway);
    }

    [Fact]
    public async Task An_unknown_driver_is_not_found_and_the_known_ones_are_named()
    {
        await using ControllerFixture fixture = new();

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(
            () => fixture.NetworkAsync("web", spec => spec with { Driver = "framerelay" }));

        Assert.Equal(NetworkErrorKind.NotFound, exception.Kind);
        Assert.Equal("Driver", exception.Field);
        Assert.Contains("fake", exception.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "CN-07")]
    public async Task A_network_with_endpoints_is_not_deleted_and_the_endpoints_are_listed()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel);

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => network.DeleteAsync(Cancel));
        await endpoint.DeleteAsync(cancellationToken: Cancel);
        await network.DeleteAsync(Cancel);

        Assert.Equal(NetworkErrorKind.Forbidden, exception.Kind);
        Assert.Contains("\"a\"", exception.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Driver.Networks);
        Assert.Equal(0, await fixture.StoredKeysAsync());
    }

    [Fact, Trait("Feature", "CN-08")]
    public async Task A_deletion_is_in_the_store_before_the_driver_hears_of_it()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        fixture.Driver.Failures["DeleteNetworkAsync"] = new InvalidOperationException("stuck");

        await Assert.ThrowsAsync<AggregateException>(() => network.DeleteAsync(Cancel));
        string record = System.Text.Encoding.UTF8.GetString((await fixture.Store.ListAsync(string.Empty, Cancel))[0].Value.Span);

        Assert.Contains("\"Deleting\"", record, StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "CN-09")]
    public async Task Looking_up_nothing_is_invalid_and_looking_up_the_unknown_is_not_found()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");

        Assert.Equal(NetworkErrorKind.InvalidArgument, Assert.Throws<NetworkException>(() => fixture.Controller.GetNetwork(string.Empty)).Kind);
        Assert.Equal(NetworkErrorKind.NotFound, Assert.Throws<NetworkException>(() => fixture.Controller.GetNetwork("db")).Kind);
        Assert.Equal(NetworkErrorKind.InvalidArgument, Assert.Throws<NetworkException>(() => network.GetEndpoint(string.Empty)).Kind);
        Assert.Equal(NetworkErrorKind.NotFound, Assert.Throws<NetworkException>(() => network.GetEndpoint("a")).Kind);
    }

    [Fact]
    public async Task Deleting_a_deleted_network_is_not_found()
    {
        await using ControllerFixture fixture = new();
        INetwork network = await fixture.NetworkAsync("web");
        await network.DeleteAsync(Cancel);

        NetworkException exception = await Assert.ThrowsAsync<NetworkException>(() => network.DeleteAsync(Cancel));

        Assert.Equal(NetworkErrorKind.NotFound, exception.Kind);
    }

    [Fact]
    public async Task Overlapping_subnets_and_a_gateway_outside_are_refused()
    {
        await using ControllerFixture fixture = new();
        await fixture.NetworkAsync("a", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.1.0.0/16") }] });

        NetworkException overlap = await Assert.ThrowsAsync<NetworkException>(
            () => fixture.NetworkAsync("b", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.1.2.0/24") }] }));
        NetworkException gateway = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync(
            "c", spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.2.0.0/16"), Gateway = IPAddress.Parse("10.3.0.1") }] }));

        Assert.Equal(NetworkErrorKind.Forbidden, overlap.Kind);
        Assert.Contains("10.1.0.0/16", overlap.Message, StringComparison.Ordinal);
        Assert.Equal("Gateway", gateway.Field);
    }

    [Fact]
    public async Task A_cancelled_creation_leaves_nothing()
    {
        await using ControllerFixture fixture = new();
        using CancellationTokenSource source = new();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Controller.CreateNetworkAsync(new NetworkSpec { Name = "web", Driver = "fake" }, source.Token));

        Assert.False(fixture.Controller.TryGetNetwork("web", out _));
        Assert.Equal(0, await fixture.StoredKeysAsync());
    }

    [Fact]
    public void Two_drivers_of_one_name_are_refused()
        => Assert.Throws<ArgumentException>(() => new ControllerFixture(new FakeNetworkDriver(), new FakeNetworkDriver()));

    [Fact, Trait("Feature", "CN-08")]
    public async Task A_deletion_that_failed_is_finished_by_the_next_and_the_pool_stays_held_until_then()
    {
        await using ControllerFixture fixture = new();
        PoolSpec[] pools = [new PoolSpec { Subnet = Subnet.Parse("10.7.0.0/24") }];
        INetwork network = await fixture.NetworkAsync("web", spec => spec with { Pools = pools });
        fixture.Driver.Failures["DeleteNetworkAsync"] = new InvalidOperationException("stuck");

        await Assert.ThrowsAsync<AggregateException>(() => network.DeleteAsync(Cancel));
        NetworkException held = await Assert.ThrowsAsync<NetworkException>(() => fixture.NetworkAsync("other", spec => spec with { Pools = pools }));
        fixture.Driver.Failures.Clear();
        await network.DeleteAsync(Cancel);
        await fixture.NetworkAsync("other", spec => spec with { Pools = pools });

        Assert.Equal(NetworkErrorKind.Forbidden, held.Kind);
    }
}

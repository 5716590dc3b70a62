using LibNetwork.Cluster;
using LibNetwork.Drivers;
using LibNetwork.Testing;
using LibNetwork.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Networks that hosts share, from their creation on one to their deletion on another.</summary>
public sealed class ClusterNetworkTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SharedStore _store;
    private readonly ClusterEngine _one;
    private readonly ClusterEngine _other;

    public ClusterNetworkTests()
    {
        _store = new SharedStore(_clock);
        (_one, _other) = (new ClusterEngine(_store, _clock, "one"), new ClusterEngine(_store, _clock, "other"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _one.StartAsync();
        await _other.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact, Trait("Feature", "CL-01")]
    public async Task A_network_that_one_node_creates_is_on_all_of_them()
    {
        INetwork made = await _one.CreateAsync("web", spec => spec with
        {
            EnableIPv6 = true,
            Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24"), Reserved = new Dictionary<string, System.Net.IPAddress> { ["spare"] = System.Net.IPAddress.Parse("10.9.0.9") } }, new PoolSpec { Subnet = Subnet.Parse("fd00:9::/64") }],
            Options = new Dictionary<string, string> { ["option"] = "1" },
            Labels = new Dictionary<string, string> { ["label"] = "2" },
        });
        INetwork seen = await SeenAsync(_other, "web");

        Assert.Equal(made.Id, seen.Id);
        Assert.True(seen.State.IsShared);
        Assert.Equal(made.State.Pools.Select(Text), seen.State.Pools.Select(Text));
        Assert.Equal("1", seen.State.Options["option"]);
        Assert.Equal("2", seen.State.Labels["label"]);
        Assert.Equal("10.9.0.0/24", _other.Networks.Networks[seen.Id].Pools[0].Subnet.ToString());
        Assert.Equal((ClusterNetworkEventKind.Appeared, made.Id), (await ToldAsync(_other)).Single());
        Assert.Empty(_one.Told);
    }

    [Fact, Trait("Feature", "CL-02")]
    public async Task Endpoints_of_one_network_on_several_nodes_have_different_addresses_and_never_the_networks_own()
    {
        INetwork made = await _one.CreateAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/29") }] });
        INetwork seen = await SeenAsync(_other, "web");

        IEndpoint[] endpoints = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => (n % 2 == 0 ? made : seen).CreateEndpointAsync(new EndpointSpec { Name = $"e{n}" }, Cancel)));

        Assert.Equal("10.9.0.1", made.State.Pools[0].Gateway?.ToString());
        Assert.Equal(
            Enumerable.Range(2, 5).Select(static n => $"10.9.0.{n}"), endpoints.Select(static endpoint => endpoint.State.IPv4?.Address.ToString()).Order(StringComparer.Ordinal));
        NetworkException full = await Assert.ThrowsAsync<NetworkException>(() => seen.CreateEndpointAsync(new EndpointSpec { Name = "more" }, Cancel));
        Assert.Equal(NetworkErrorKind.Exhausted, full.Kind);
    }

    [Fact, Trait("Feature", "CL-03")]
    public async Task A_name_that_another_node_has_taken_is_a_conflict_and_its_network_is_named()
    {
        INetwork made = await _one.CreateAsync("web");
        _other.Connection.Cut();   // so that it does not hear of the network
        _other.Connection.Heal();

        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => _other.CreateAsync("web"));
        await _other.CreateAsync("another");   // the control

        Assert.Equal(NetworkErrorKind.Conflict, taken.Kind);
        Assert.Contains(made.Id.Value, taken.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "CL-03")]
    public async Task Of_nodes_that_create_one_name_at_the_same_time_one_succeeds_and_the_others_leave_nothing()
    {
        for (int round = 0; round < 10; round++)
        {
            string name = $"n{round}";
            Task<INetwork>[] creating = [Task.Run(() => _one.CreateAsync(name), Cancel), Task.Run(() => _other.CreateAsync(name), Cancel)];
            await _clock.UntilAsync(() => Array.TrueForAll(creating, static task => task.IsCompleted));

            Task<INetwork> won = Assert.Single(creating, static task => task.IsCompletedSuccessfully);
            NetworkException lost = Assert.IsType<NetworkException>(Assert.Single(creating, static task => task.IsFaulted).Exception!.InnerException);
            Assert.Equal(NetworkErrorKind.Conflict, lost.Kind);
            NetworkId id = (await won).Id;
            await _clock.UntilAsync(() => _one.Find(name)?.Id == id && _other.Find(name)?.Id == id);
        }

        Assert.Equal(10, _store.Entries.Count(static entry => entry.Key.StartsWith(ClusterKeys.Networks, StringComparison.Ordinal)));
        await _clock.UntilAsync(() => _store.Entries.Count(static entry => entry.Key.StartsWith(ClusterKeys.Pools, StringComparison.Ordinal)) == 10);
        Assert.Equal(10, _one.Networks.Networks.Count);
    }

    [Fact, Trait("Feature", "CL-04")]
    public async Task A_network_that_any_node_deletes_is_gone_on_all_and_leaves_nothing_in_the_store()
    {
        await _one.CreateAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24") }] });
        INetwork seen = await SeenAsync(_other, "web");
        IEndpoint endpoint = await seen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        await endpoint.DeleteAsync(cancellationToken: Cancel);

        await seen.DeleteAsync(Cancel);

        Assert.Null(_other.Find("web"));
        await _clock.UntilAsync(() => _one.Find("web") is null && _one.Told.Any(static told => told.Kind == ClusterNetworkEventKind.Gone));
        Assert.Empty(_one.Networks.Networks);
        Assert.Empty(_other.Networks.Networks);
        await _clock.UntilAsync(() => Rest().Length == 0);
        Assert.Empty(await _one.Own.ListAsync("libnetwork/v1/network/", Cancel));
        Assert.Empty(await _other.Own.ListAsync("libnetwork/v1/network/", Cancel));
        await _one.CreateAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/16") }] });
    }

    [Fact, Trait("Feature", "CL-05")]
    public async Task A_network_with_endpoints_on_other_nodes_is_not_deleted_and_these_are_named()
    {
        INetwork made = await _one.CreateAsync("web");
        INetwork seen = await SeenAsync(_other, "web");
        IEndpoint first = await seen.CreateEndpointAsync(new EndpointSpec { Name = "a" }, Cancel), second = await seen.CreateEndpointAsync(new EndpointSpec { Name = "b" }, Cancel);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => made.DeleteAsync(Cancel));
        await first.DeleteAsync(cancellationToken: Cancel);
        await Assert.ThrowsAsync<NetworkException>(() => made.DeleteAsync(Cancel));
        await made.CreateEndpointAsync(new EndpointSpec { Name = "own" }, Cancel);   // a refused deletion stops nobody
        await made.GetEndpoint("own").DeleteAsync(cancellationToken: Cancel);
        await second.DeleteAsync(cancellationToken: Cancel);

        Assert.Equal(NetworkErrorKind.Forbidden, refused.Kind);
        Assert.Equal("node other", refused.Holder);
        await made.DeleteAsync(Cancel);   // at once
    }

    [Fact, Trait("Feature", "CL-05")]
    public async Task Of_a_first_endpoint_and_a_deletion_on_another_node_one_happens()
    {
        for (int round = 0; round < 30; round++)
        {
            INetwork made = await _one.CreateAsync("web");
            INetwork seen = await SeenAsync(_other, "web");
            Task<IEndpoint> joining = Task.Run(() => seen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel), Cancel);
            Task deleting = Task.Run(() => made.DeleteAsync(Cancel), Cancel);
            await _clock.UntilAsync(() => joining.IsCompleted && deleting.IsCompleted);

            Assert.True(joining.IsCompletedSuccessfully != deleting.IsCompletedSuccessfully, $"{joining.Exception} {deleting.Exception}");
            if (joining.IsCompletedSuccessfully)
            {
                await (await joining).DeleteAsync(cancellationToken: Cancel);
                await made.DeleteAsync(Cancel);
            }
            else
            {
                Assert.Equal(NetworkErrorKind.NotFound, Assert.IsType<NetworkException>(joining.Exception!.InnerException).Kind);
            }

            await _clock.UntilAsync(() => _other.Find("web") is null);
        }

        await _clock.UntilAsync(() => Rest().Length == 0);
    }

    [Fact, Trait("Feature", "CL-06")]
    public async Task A_network_stays_with_its_pools_when_the_node_that_made_it_never_comes_back()
    {
        await _one.CreateAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24") }] });
        INetwork seen = await SeenAsync(_other, "web");
        await _one.EndAsync();
        _clock.Advance(ClusterHost.Holding + SharedStore.Grace);

        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(
            () => _other.CreateAsync("wide", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/16") }] }));
        IEndpoint endpoint = await seen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);

        Assert.Equal(NetworkErrorReason.PoolOverlaps, taken.Reason);
        Assert.Contains("network \"web\"", taken.Message, StringComparison.Ordinal);
        Assert.Equal("10.9.0.2", endpoint.State.IPv4?.Address.ToString());   // the gateway has the first
        await endpoint.DeleteAsync(cancellationToken: Cancel);
        await seen.DeleteAsync(Cancel);
    }

    [Fact, Trait("Feature", "CL-07")]
    public async Task A_network_of_the_host_alone_comes_first_by_its_name()
    {
        INetwork own = await _other.CreateAsync("web", static spec => spec with { Driver = ClusterEngine.LocalDriver });
        INetwork made = await _one.CreateAsync("web");
        INetwork seen = await SeenAsync(_other, made.Id.Value);

        Assert.Equal(own.Id, _other.Find("web")?.Id);
        Assert.Equal([(ClusterNetworkEventKind.Appeared, made.Id), (ClusterNetworkEventKind.NameTaken, made.Id)], await ToldAsync(_other, 2));
        await seen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        await _other.RestartAsync();
        Assert.Equal(own.Id, _other.Find("web")?.Id);
        await _other.Find("web")!.DeleteAsync(Cancel);
        Assert.Equal(made.Id, _other.Find("web")?.Id);
    }

    [Fact, Trait("Feature", "CL-08")]
    public async Task A_network_that_a_host_cannot_have_is_told_once_and_tried_again()
    {
        _other.Networks.Failures["CreateNetworkAsync"] = new NetworkException(NetworkErrorKind.NotSupported, "kernel", "has no such thing");
        INetwork made = await _one.CreateAsync("web");

        Assert.Equal((ClusterNetworkEventKind.NotTakenUp, made.Id), (await ToldAsync(_other)).Single());
        Assert.Null(_other.Find("web"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        _other.Networks.Failures.Clear();
        await SeenAsync(_other, "web");

        Assert.Equal([ClusterNetworkEventKind.NotTakenUp, ClusterNetworkEventKind.Appeared], (await ToldAsync(_other, 2)).Select(static told => told.Item1));
    }

    [Fact, Trait("Feature", "CL-09")]
    public async Task What_the_driver_settles_at_the_creation_is_the_same_on_all_nodes_and_no_other_networks()
    {
        await using ClusterEngine first = new(_store, _clock, "first") { MakeDriver = static () => new NumberingDriver() };
        await using ClusterEngine second = new(_store, _clock, "second") { MakeDriver = static () => new NumberingDriver() };
        await first.StartAsync();
        await second.StartAsync();
        INetwork made = await first.CreateAsync("web");

        INetwork seen = await SeenAsync(second, "web");
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(
            () => second.CreateAsync("db", spec => spec with { Options = new Dictionary<string, string> { ["number"] = made.State.Options["number"] } }));
        await second.CreateAsync("db");   // the control

        Assert.Equal(made.State.Options["number"], seen.State.Options["number"]);
        Assert.Equal(NetworkErrorKind.Conflict, taken.Kind);
        Assert.Contains("network \"web\"", taken.Message, StringComparison.Ordinal);
        await made.DeleteAsync(Cancel);
        await second.CreateAsync("after", spec => spec with { Options = new Dictionary<string, string> { ["number"] = made.State.Options["number"] } });
    }

    [Fact]
    public async Task Without_a_cluster_a_network_of_such_a_driver_is_the_hosts_own()
    {
        await using ControllerFixture alone = new(new FakeNetworkDriver { Capabilities = new DriverCapabilities { DataScope = NetworkScope.Global } });

        INetwork network = await alone.NetworkAsync("web");

        Assert.False(network.State.IsShared);
        Assert.Equal(NetworkScope.Global, network.State.Scope);
        Assert.False((await _one.CreateAsync("own", static spec => spec with { Driver = ClusterEngine.LocalDriver })).State.IsShared);
        Assert.DoesNotContain(_store.Entries, static entry => entry.Key.StartsWith(ClusterKeys.Networks, StringComparison.Ordinal));
    }

    private static string Text(NetworkPool pool) => $"{pool.PoolId} {pool.Subnet} {pool.Gateway} {string.Join(' ', pool.Reserved)}";

    /// <summary>What is left in the store that is not about nodes.</summary>
    private string[] Rest()
        => [.. _store.Entries.Select(static entry => entry.Key).Where(static key => !key.StartsWith(ClusterKeys.Nodes, StringComparison.Ordinal) && !key.Contains("/generation/", StringComparison.Ordinal))];

    private async Task<INetwork> SeenAsync(ClusterEngine engine, string nameOrId)
    {
        await _clock.UntilAsync(() => engine.Find(nameOrId) is not null);
        return engine.Controller.GetNetwork(nameOrId);
    }

    private async Task<(ClusterNetworkEventKind, NetworkId)[]> ToldAsync(ClusterEngine engine, int count = 1)
    {
        await _clock.UntilAsync(() => engine.Told.Count >= count);
        return [.. engine.Told.Select(static told => (told.Kind, told.NetworkId))];
    }

    /// <summary>A driver whose networks have numbers.</summary>
    private sealed class NumberingDriver : INetworkDriver, INetworkOptionsDriver, INetworkIdentifierDriver
    {
        private readonly FakeNetworkDriver _inner = new(ClusterEngine.Driver);

        public string Name => ClusterEngine.Driver;

        public DriverCapabilities Capabilities { get; } = new() { DataScope = NetworkScope.Global };

        public ValueTask<IReadOnlyDictionary<string, string>> CompleteOptionsAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
        {
            Dictionary<string, string> options = new(request.Options);
            options.TryAdd("number", request.Pools[0].Subnet.ToString());
            return ValueTask.FromResult<IReadOnlyDictionary<string, string>>(options);
        }

        public IReadOnlyList<string> GetIdentifiers(IReadOnlyDictionary<string, string> options) => [options["number"].Replace('/', '-')];

        public ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default) => _inner.CreateNetworkAsync(request, cancellationToken);

        public ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default) => _inner.DeleteNetworkAsync(networkId, cancellationToken);

        public ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default)
            => _inner.CreateEndpointAsync(request, cancellationToken);

        public ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
            => _inner.DeleteEndpointAsync(networkId, endpointId, cancellationToken);

        public ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default) => _inner.JoinAsync(request, cancellationToken);

        public ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default)
            => _inner.LeaveAsync(networkId, endpointId, cancellationToken);
    }
}

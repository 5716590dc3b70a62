using LibNetwork.Cluster;
using LibNetwork.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Networks that hosts share while a host is cut off, restarts, or was away for too long.</summary>
public sealed class ClusterNetworkOutageTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SharedStore _store;
    private readonly ClusterEngine _one;
    private readonly ClusterEngine _other;
    private INetwork _made = null!;   // set before each test
    private INetwork _seen = null!;   // set before each test

    public ClusterNetworkOutageTests()
    {
        _store = new SharedStore(_clock);
        (_one, _other) = (new ClusterEngine(_store, _clock, "one"), new ClusterEngine(_store, _clock, "other"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _one.StartAsync();
        await _other.StartAsync();
        await _other.Node.JoinAsync(Cancel);
        _made = await _one.CreateAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24") }] });
        _seen = await SeenAsync(_other, "web");
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact, Trait("Feature", "CL-10")]
    public async Task A_node_that_is_cut_off_keeps_what_it_knows_and_makes_only_networks_of_its_own()
    {
        IEndpoint endpoint = await _seen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        await CutAsync(_other);

        NetworkException[] refused =
        [
            await Assert.ThrowsAsync<NetworkException>(() => _other.CreateAsync("late")),
            await Assert.ThrowsAsync<NetworkException>(() => _seen.CreateEndpointAsync(new EndpointSpec { Name = "late" }, Cancel)),
            await Assert.ThrowsAsync<NetworkException>(() => _seen.DeleteAsync(Cancel)),
        ];
        await _other.CreateAsync("own", static spec => spec with { Driver = ClusterEngine.LocalDriver });
        await endpoint.DeleteAsync(cancellationToken: Cancel);

        Assert.Equal([NetworkErrorKind.Unavailable, NetworkErrorKind.Unavailable, NetworkErrorKind.Forbidden], refused.Select(static refusal => refusal.Kind));
        Assert.Equal(_made.Id, _other.Find("web")?.Id);
        NetworkException used = await Assert.ThrowsAsync<NetworkException>(() => _made.DeleteAsync(Cancel));   // nobody could be told
        Assert.Equal("node other", used.Holder);
        await HealAsync(_other);
        await _clock.UntilAsync(() => !_store.Entries.Any(static entry => entry.Key.StartsWith("cluster/v1/members/", StringComparison.Ordinal)));
        await _made.DeleteAsync(Cancel);
        await _clock.UntilAsync(() => _other.Find("web") is null);
    }

    [Fact, Trait("Feature", "CL-10")]
    public async Task What_happened_while_a_node_was_cut_off_it_knows_when_it_is_back()
    {
        await CutAsync(_other);
        await _made.DeleteAsync(Cancel);
        INetwork late = await _one.CreateAsync("late");
        Assert.NotNull(_other.Find("web"));
        Assert.Null(_other.Find("late"));

        await HealAsync(_other);

        await _clock.UntilAsync(() => _other.Find("web") is null && _other.Find("late")?.Id == late.Id);
    }

    [Fact, Trait("Feature", "CL-11")]
    public async Task A_host_that_starts_without_its_cluster_has_the_networks_and_endpoints_of_before()
    {
        IEndpoint before = await _seen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        await _other.EndAsync();
        Task<RestoreReport> starting = _other.StartAsync();
        _other.Connection.Cut();
        RestoreReport report = await starting;

        Assert.Empty(report.Failures);
        INetwork network = _other.Controller.GetNetwork("web");
        IEndpoint restored = network.GetEndpoint("e");
        Assert.Equal(before.State.IPv4, restored.State.IPv4);
        Assert.True(network.State.IsShared);
        Task deleting = restored.DeleteAsync(cancellationToken: Cancel);
        await _clock.UntilAsync(() => deleting.IsCompleted);
        await deleting;
        _other.Connection.Heal();
        await _clock.UntilAsync(() => !_store.Entries.Any(static entry => entry.Key.StartsWith("cluster/v1/members/", StringComparison.Ordinal)));
        await _made.DeleteAsync(Cancel);
        await _clock.UntilAsync(() => _other.Find("web") is null);
    }

    [Fact, Trait("Feature", "CL-11")]
    public async Task The_next_process_of_a_host_takes_over_its_endpoints_addresses_and_keeps_its_networks_from_being_deleted()
    {
        await _seen.CreateEndpointAsync(new EndpointSpec { Name = "e", IPv4Address = System.Net.IPAddress.Parse("10.9.0.7") }, Cancel);
        await _other.RestartAsync();
        await _clock.UntilAsync(() => _other.Node.Connection == ClusterConnection.Connected);
        await _other.Find("web")!.CreateEndpointAsync(new EndpointSpec { Name = "next" }, Cancel);   // when this is done, so is the rest
        _clock.Advance(ClusterHost.Holding + SharedStore.Grace);   // what the process before held is over

        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(
            () => _made.CreateEndpointAsync(new EndpointSpec { Name = "theirs", IPv4Address = System.Net.IPAddress.Parse("10.9.0.7") }, Cancel));
        NetworkException used = await Assert.ThrowsAsync<NetworkException>(() => _made.DeleteAsync(Cancel));

        Assert.Equal(NetworkErrorReason.AddressInUse, taken.Reason);
        Assert.Equal("node other", used.Holder);
        Assert.DoesNotContain(_other.Told, static told => told.Kind != ClusterNetworkEventKind.Appeared);
    }

    [Fact, Trait("Feature", "CL-12")]
    public async Task Endpoints_of_a_network_that_was_deleted_meanwhile_stay_until_they_are_deleted_and_no_new_ones_are_made()
    {
        IEndpoint endpoint = await _seen.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
        await LoseAsync(_other);
        await _clock.UntilAsync(() => !_store.Entries.Any(static entry => entry.Key.StartsWith("cluster/v1/members/", StringComparison.Ordinal)));
        await _made.DeleteAsync(Cancel);
        INetwork next = await _one.CreateAsync("web", static spec => spec with { Pools = [new PoolSpec { Subnet = Subnet.Parse("10.9.0.0/24") }] });
        await HealAsync(_other);
        await _clock.UntilAsync(() => _other.Told.Any(static told => told.Kind == ClusterNetworkEventKind.Deserted));

        Assert.Same(_seen, _other.Find("web"));
        Assert.Contains(endpoint, _seen.Endpoints);
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => _seen.CreateEndpointAsync(new EndpointSpec { Name = "late" }, Cancel));
        Assert.Equal(NetworkErrorKind.NotFound, refused.Kind);
        INetwork nextSeen = await SeenAsync(_other, next.Id.Value);
        IEndpoint same = await nextSeen.CreateEndpointAsync(new EndpointSpec { Name = "same", IPv4Address = endpoint.State.IPv4?.Address }, Cancel);
        await endpoint.DeleteAsync(cancellationToken: Cancel);   // takes nothing from the other network
        await _clock.UntilAsync(() => _other.Find("web")?.Id == next.Id);
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => next.CreateEndpointAsync(new EndpointSpec { Name = "theirs", IPv4Address = same.State.IPv4?.Address }, Cancel));
        Assert.Equal(NetworkErrorReason.AddressInUse, taken.Reason);
        await _clock.UntilAsync(() => _other.Networks.Networks.Count == 1);
        await _clock.UntilAsync(() => _other.Told.Any(static told => told.Kind == ClusterNetworkEventKind.Gone));
        Assert.Single(_other.Told, static told => told.Kind == ClusterNetworkEventKind.Deserted);
    }

    [Fact, Trait("Feature", "CL-12")]
    public async Task A_node_that_was_away_for_too_long_claims_its_addresses_anew_and_tells_which_are_lost()
    {
        IEndpoint kept = await _seen.CreateEndpointAsync(new EndpointSpec { Name = "kept", IPv4Address = System.Net.IPAddress.Parse("10.9.0.7") }, Cancel);
        IEndpoint lost = await _seen.CreateEndpointAsync(new EndpointSpec { Name = "lost", IPv4Address = System.Net.IPAddress.Parse("10.9.0.8") }, Cancel);
        await LoseAsync(_other);
        IEndpoint? theirs = null;
        await _clock.UntilAsync(() => (theirs ??= TryTake("10.9.0.8")) is not null);
        await HealAsync(_other);
        await _clock.UntilAsync(() => _other.Told.Any(static told => told.Kind == ClusterNetworkEventKind.AddressLost));

        ClusterNetworkEvent told = Assert.Single(_other.Told, static told => told.Kind == ClusterNetworkEventKind.AddressLost);
        Assert.Contains("\"lost\"", told.Subject, StringComparison.Ordinal);
        Assert.Contains("on node one", told.Problem, StringComparison.Ordinal);
        await _seen.CreateEndpointAsync(new EndpointSpec { Name = "next" }, Cancel);   // when this is done, so is the rest
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => _made.CreateEndpointAsync(new EndpointSpec { Name = "more", IPv4Address = kept.State.IPv4?.Address }, Cancel));
        Assert.Equal(NetworkErrorReason.AddressInUse, taken.Reason);
        await lost.DeleteAsync(cancellationToken: Cancel);   // takes nothing from the other node
        await Assert.ThrowsAsync<NetworkException>(() => _seen.CreateEndpointAsync(new EndpointSpec { Name = "more", IPv4Address = lost.State.IPv4?.Address }, Cancel));

        IEndpoint? TryTake(string address)
        {
            Task<IEndpoint> taking = _made.CreateEndpointAsync(new EndpointSpec { Name = "theirs", IPv4Address = System.Net.IPAddress.Parse(address) }, Cancel);
            return taking.ContinueWith(static done => done.IsCompletedSuccessfully ? done.Result : null, TaskScheduler.Default).GetAwaiter().GetResult();
        }
    }

    [Fact]
    public async Task A_creation_of_which_nobody_knows_whether_it_happened_is_taken_back_when_it_did()
    {
        int before = _store.Entries.Count;
        _one.Faults.Passing = point =>
        {
            if (point.StartsWith("after put cluster/v1/networks/", StringComparison.Ordinal))
            {
                _one.Connection.Cut();   // the answer is lost, and so is the question whether it happened
                throw new NetworkException(NetworkErrorKind.Unavailable, "store", "injected");
            }
        };

        NetworkException unknown = await Assert.ThrowsAsync<NetworkException>(() => _one.CreateAsync("late"));
        _one.Faults.Passing = null;

        Assert.Equal(NetworkErrorKind.Unavailable, unknown.Kind);
        await _clock.UntilAsync(() => _other.Find("late") is not null);   // it did happen
        _one.Connection.Heal();
        await _clock.UntilAsync(() => _other.Find("late") is null && _store.Entries.Count <= before + 1);   // who took the last pool
        Assert.Null(_one.Find("late"));
        await _one.CreateAsync("late");
    }

    [Fact]
    public async Task A_creation_whose_answer_alone_is_lost_has_happened()
    {
        int lost = 0;
        _one.Faults.Passing = point =>
        {
            if (point.StartsWith("after put cluster/v1/networks/", StringComparison.Ordinal) && Interlocked.Increment(ref lost) == 1)
            {
                throw new NetworkException(NetworkErrorKind.Unavailable, "store", "injected");
            }
        };

        INetwork made = await _one.CreateAsync("late");

        Assert.Equal(1, lost);
        Assert.Equal(made.Id, (await SeenAsync(_other, "late")).Id);
    }

    [Fact]
    public async Task A_node_that_dies_while_it_deletes_a_network_keeps_others_from_it_only_for_a_while()
    {
        _one.Faults.Passing = point =>
        {
            if (point.StartsWith("before delete cluster/v1/networks/", StringComparison.Ordinal))
            {
                _one.Connection.Cut();
                throw new NetworkException(NetworkErrorKind.Unavailable, "store", "injected");
            }
        };
        await Assert.ThrowsAsync<NetworkException>(() => _made.DeleteAsync(Cancel));
        await _one.EndAsync();

        Task<IEndpoint> joining = _seen.CreateEndpointAsync(new EndpointSpec { Name = "early" }, Cancel);
        await _clock.UntilAsync(() => joining.IsCompleted);
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => joining);
        _clock.Advance(TimeSpan.FromSeconds(15));
        await _seen.CreateEndpointAsync(new EndpointSpec { Name = "late" }, Cancel);

        Assert.Equal((NetworkErrorKind.Unavailable, "node one"), (refused.Kind, refused.Holder));
    }

    private async Task CutAsync(ClusterEngine engine)
    {
        engine.Connection.Cut();
        await _clock.UntilAsync(() => { _clock.Advance(TimeSpan.FromSeconds(1)); return engine.Node.Connection != ClusterConnection.Connected; });
    }

    /// <summary>Cuts a host off for so long that it loses what it held.</summary>
    private async Task LoseAsync(ClusterEngine engine)
    {
        await CutAsync(engine);
        _clock.Advance(ClusterHost.Holding + SharedStore.Grace);
    }

    private async Task HealAsync(ClusterEngine engine)
    {
        engine.Connection.Heal();
        await _clock.UntilAsync(() => engine.Node.Connection == ClusterConnection.Connected);
    }

    private async Task<INetwork> SeenAsync(ClusterEngine engine, string nameOrId)
    {
        await _clock.UntilAsync(() => engine.Find(nameOrId) is not null);
        return engine.Controller.GetNetwork(nameOrId);
    }
}

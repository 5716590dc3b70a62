using System.Net;
using LibNetwork.Cluster;
using LibNetwork.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Nodes that are cut off, die, come back and leave: who holds what when.</summary>
public sealed class ClusterNodeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SharedStore _store;
    private readonly ClusterHost _one;
    private readonly ClusterHost _other;
    private string _pool = string.Empty;

    public ClusterNodeTests()
    {
        _store = new SharedStore(_clock);
        (_one, _other) = (new ClusterHost(_store, _clock, "one"), new ClusterHost(_store, _clock, "other"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _pool = (await _one.TakePoolAsync("10.9.0.0/29", "network")).PoolId;
        await _other.TakePoolAsync("10.9.0.0/29", "network");
        await _one.TakeAsync(_pool, "web", "10.9.0.2");
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_notices_a_cut_that_is_shorter_than_the_presence()
    {
        await using IAsyncEnumerator<ControllerEvent> events = _one.Node.WatchEvents().GetAsyncEnumerator(Cancel);
        await _clock.UntilAsync(() => _other.Node.Peers.Count == 1);
        _one.Connection.Cut();
        _clock.Advance(ClusterHost.Presence * 0.9);
        _one.Connection.Heal();
        _clock.Advance(ClusterHost.Presence * 0.9);

        Assert.Equal(ClusterConnection.Connected, _one.Node.Connection);
        Assert.Null(Assert.Single(_other.Node.Peers).SilentSince);
        Assert.Equal("10.9.0.3", await _one.TakeAsync(_pool, "db", "10.9.0.3"));
        await _one.Node.LeaveAsync(Cancel);
        Assert.Equal(ClusterEventKind.Left, await NextAsync(events));
    }

    [Fact, Trait("Feature", "ND-04"), Trait("Feature", "ND-05")]
    public async Task A_node_that_is_cut_off_keeps_its_addresses_and_comes_back_by_itself()
    {
        await using IAsyncEnumerator<ControllerEvent> events = _one.Node.WatchEvents().GetAsyncEnumerator(Cancel);
        await _clock.UntilAsync(() => _other.Node.Peers.Count == 1 && _one.Node.Peers.Count == 1);
        _one.Connection.Cut();
        _clock.Advance(ClusterHost.Presence);
        await _clock.UntilAsync(() => _one.Node.Connection == ClusterConnection.CutOff);
        await _clock.UntilAsync(() => _other.Node.Peers[0].SilentSince is not null);

        NetworkException cutOff = await Assert.ThrowsAsync<NetworkException>(() => _one.TakeAsync(_pool, "db"));
        Assert.Equal(NetworkErrorKind.Unavailable, cutOff.Kind);
        Assert.NotNull(Assert.Single(_one.Node.Peers).SilentSince);
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
        _clock.Advance(ClusterHost.Holding / 2);
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
        _one.Connection.Heal();
        await _clock.UntilAsync(() => _one.Node.Connection == ClusterConnection.Connected && _other.Node.Peers[0].SilentSince is null);

        Assert.Null(Assert.Single(_one.Node.Peers).SilentSince);
        Assert.Equal("10.9.0.3", await _one.TakeAsync(_pool, "db", "10.9.0.3"));
        _clock.Advance(ClusterHost.Holding * 2);   // its lease goes on
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
        Assert.Equal(ClusterEventKind.CutOff, await NextAsync(events));
        Assert.Equal(ClusterEventKind.Reconnected, await NextAsync(events));
    }

    [Fact]
    public async Task What_is_given_back_while_cut_off_is_free_when_the_node_is_back()
    {
        _one.Connection.Cut();
        _clock.Advance(ClusterHost.Presence);
        await _clock.UntilAsync(() => _one.Node.Connection == ClusterConnection.CutOff);
        await _one.ReleaseAsync(_pool, "10.9.0.2");
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(_pool, "theirs", "10.9.0.2"));   // the control
        _one.Connection.Heal();
        await _clock.UntilAsync(() => !_store.Entries.Any(entry => entry.Key.EndsWith("/10.9.0.2", StringComparison.Ordinal)));

        await _clock.UntilAsync(() => Free(_other) == 6);
        Assert.Equal("10.9.0.2", await _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
    }

    [Fact]
    public async Task A_node_that_is_cut_off_for_too_long_knows_it_before_others_have_its_addresses()
    {
        await using IAsyncEnumerator<ControllerEvent> events = _one.Node.WatchEvents().GetAsyncEnumerator(Cancel);
        _one.Connection.Cut();
        _clock.Advance(ClusterHost.Presence);
        Assert.Equal(ClusterEventKind.CutOff, await NextAsync(events));
        _clock.Advance(ClusterHost.Holding - ClusterHost.Presence);

        Assert.Equal(ClusterEventKind.HoldingLost, await NextAsync(events));
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(_pool, "theirs", "10.9.0.2"));   // not yet
        _clock.Advance(SharedStore.Grace);
        await _clock.UntilAsync(() => Free(_other) == 6);
        Assert.Equal("10.9.0.2", await _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
        _one.Connection.Heal();
        Assert.Equal(ClusterEventKind.Reconnected, await NextAsync(events, _clock));
        await _clock.UntilAsync(() => Free(_one) == 5);
        NetworkException gone = await Assert.ThrowsAsync<NetworkException>(() => _one.TakeAsync(_pool, "web", "10.9.0.2"));
        Assert.Contains("theirs on node other", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_process_of_a_host_takes_over_what_the_last_one_held()
    {
        NodeId? id = _one.Node.Id;
        await _one.RestartAsync();
        await _one.TakePoolAsync("10.9.0.0/29", "network");
        await Assert.ThrowsAsync<NetworkException>(() => _one.TakeAsync(_pool, "somebody else", "10.9.0.2"));
        Assert.Equal("10.9.0.2", await _one.TakeAsync(_pool, "web", "10.9.0.2"));
        _clock.Advance(ClusterHost.Holding * 2);   // the last one's lease is over

        Assert.Equal(id, _one.Node.Id);
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
    }

    [Fact]
    public async Task What_a_host_held_that_never_comes_back_is_free_after_its_holding()
    {
        await _one.EndAsync();
        _clock.Advance(ClusterHost.Holding);
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(_pool, "theirs", "10.9.0.2"));   // the control
        _clock.Advance(SharedStore.Grace);
        await _clock.UntilAsync(() => Free(_other) == 6);

        Assert.Equal("10.9.0.2", await _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
        await _clock.UntilAsync(() => { _clock.Advance(TimeSpan.FromMinutes(1)); return _other.Node.Peers.All(peer => peer.SilentSince is not null); });
    }

    [Fact]
    public async Task An_address_of_which_nobody_knows_that_it_was_taken_is_free_again()
    {
        _one.Connection.LoseNextAnswer();
        NetworkException unknown = await Assert.ThrowsAsync<NetworkException>(() => _one.TakeAsync(_pool, "db", "10.9.0.5"));
        await _clock.UntilAsync(() => Free(_one) == 5 && Free(_other) == 5);

        Assert.Equal(NetworkErrorKind.Unavailable, unknown.Kind);
        Assert.Equal("10.9.0.5", await _other.TakeAsync(_pool, "theirs", "10.9.0.5"));
    }

    [Fact]
    public async Task A_host_that_was_cloned_is_refused_until_it_has_an_id_of_its_own()
    {
        NodeId id = _one.Node.Id ?? default;
        await using ClusterHost clone = new(_store, _clock, "clone", new ClusterOptions { NodeId = id, AdvertiseAddress = IPAddress.Parse("192.0.2.9") });
        await using ClusterHost another = new(_store, _clock, "another", new ClusterOptions { AdvertiseAddress = IPAddress.Parse("192.0.2.9") });

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => clone.Node.JoinAsync(Cancel));
        await another.Node.JoinAsync(Cancel);   // the control

        Assert.Equal(NetworkErrorKind.Conflict, refused.Kind);
        Assert.Contains("node one", refused.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "ND-04")]
    public async Task A_node_that_leaves_gives_everything_back_and_is_not_missed()
    {
        await _clock.UntilAsync(() => _other.Node.Peers.Count == 1);

        await _one.Node.LeaveAsync(Cancel);
        await _clock.UntilAsync(() => _other.Node.Peers.Count == 0 && Free(_other) == 6);

        Assert.Equal(ClusterConnection.Outside, _one.Node.Connection);
        Assert.Equal("10.9.0.2", await _other.TakeAsync(_pool, "theirs", "10.9.0.2"));
        NetworkException left = await Assert.ThrowsAsync<NetworkException>(() => _one.TakeAsync(_pool, "web"));
        Assert.Equal(NetworkErrorKind.Forbidden, left.Kind);
    }

    [Fact]
    public void A_cluster_without_a_shared_store_says_what_is_missing()
    {
        using ServiceProvider services = new ServiceCollection().AddLibNetwork().AddCluster().Services.BuildServiceProvider();
        using ServiceProvider alone = new ServiceCollection().AddLibNetwork().Services.BuildServiceProvider();

        NetworkException missing = Assert.Throws<NetworkException>(services.GetRequiredService<IClusterNode>);

        Assert.Equal(NetworkErrorKind.NotSupported, missing.Kind);
        Assert.Contains("AddEtcdStore", missing.Message, StringComparison.Ordinal);
        Assert.Null(alone.GetService<IClusterNode>());
    }

    private static async Task<ClusterEventKind> NextAsync(IAsyncEnumerator<ControllerEvent> events, FakeTimeProvider? clock = null)
    {
        Task<bool> next = events.MoveNextAsync().AsTask();
        if (clock is not null)
        {
            await clock.UntilAsync(() => next.IsCompleted);
        }

        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        return Assert.IsType<ClusterEvent>(events.Current).Kind;
    }

    private ulong? Free(ClusterHost host) => host.Free(_pool);
}

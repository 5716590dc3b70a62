using System.Net;
using LibNetwork.Ipam;
using LibNetwork.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Hosts that share pools and addresses, as long as nothing goes wrong between them.</summary>
public sealed class SharedAddressTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SharedStore _store;
    private readonly ClusterHost _one;
    private readonly ClusterHost _other;

    public SharedAddressTests()
    {
        _store = new SharedStore(_clock);
        (_one, _other) = (new ClusterHost(_store, _clock, "one"), new ClusterHost(_store, _clock, "other"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Pools_that_hosts_choose_at_the_same_time_differ()
    {
        Task<IpamPool[]> taking = Task.WhenAll(
            Enumerable.Range(0, 12).Select(n => Task.Run(() => (n % 2 == 0 ? _one : _other).TakePoolAsync(null, $"network {n}"), Cancel)));
        await _clock.UntilAsync(() => taking.IsCompleted);

        Assert.Equal(
            Enumerable.Range(0, 12).Select(n => $"10.0.{n}.0/24").Order(StringComparer.Ordinal),
            (await taking).Select(pool => pool.Subnet.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pool_that_overlaps_another_hosts_is_refused_and_the_holder_named()
    {
        await _one.TakePoolAsync("10.9.0.0/24", "network \"front\"");
        await _other.TakePoolAsync("10.8.0.0/24", "network \"back\"");   // the control

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => _other.TakePoolAsync("10.9.0.0/16", "network \"wide\""));

        Assert.Equal((NetworkErrorKind.Forbidden, NetworkErrorReason.PoolOverlaps), (refused.Kind, refused.Reason));
        Assert.Contains("network \"front\" on node one", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_that_hosts_choose_at_the_same_time_differ_and_none_is_left_out()
    {
        string pool = (await _one.TakePoolAsync("10.9.0.0/24", "network")).PoolId;
        await _clock.UntilAsync(() => Knows(_other, pool));

        string[] taken = await Task.WhenAll(Enumerable.Range(0, 254).Select(n => Task.Run(() => (n % 2 == 0 ? _one : _other).TakeAsync(pool, $"endpoint {n}"), Cancel)));

        Assert.Equal(254, taken.Distinct(StringComparer.Ordinal).Count());
        NetworkException full = await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(pool, "one more"));
        Assert.Equal(NetworkErrorKind.Exhausted, full.Kind);
        Assert.Contains("on node one", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_holder_that_is_called_otherwise_holds_what_it_held()
    {
        string pool = (await _one.TakePoolAsync("10.9.0.0/24", "network")).PoolId;
        await _one.TakeAsync(pool, "endpoint \"web\"", "10.9.0.7");
        await _clock.UntilAsync(() => Knows(_other, pool));

        await ((IIpamHolderDriver)_one.Ipam).RenameHolderAsync(pool, IPAddress.Parse("10.9.0.7"), "endpoint \"new\"", Cancel);
        await ((IIpamHolderDriver)_one.Ipam).RenameHolderAsync(pool, IPAddress.Parse("10.9.0.9"), "nobody", Cancel);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(pool, "endpoint \"db\"", "10.9.0.7"));
        Assert.Contains("held by endpoint \"new\" on node one", refused.Message, StringComparison.Ordinal);
        Assert.Equal("10.9.0.7", await _one.TakeAsync(pool, "endpoint \"new\"", "10.9.0.7"));
        await _other.TakeAsync(pool, "endpoint \"db\"", "10.9.0.9");   // which nobody held
    }

    [Fact]
    public async Task An_address_that_another_host_holds_is_refused_and_the_holder_named()
    {
        string pool = (await _one.TakePoolAsync("10.9.0.0/24", "network")).PoolId;
        await _one.TakeAsync(pool, "endpoint \"web\"", "10.9.0.7");
        await _clock.UntilAsync(() => Knows(_other, pool));
        await _other.TakeAsync(pool, "endpoint \"db\"", "10.9.0.8");   // the control

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(pool, "endpoint \"db\"", "10.9.0.7"));

        Assert.Equal((NetworkErrorKind.Conflict, NetworkErrorReason.AddressInUse), (refused.Kind, refused.Reason));
        Assert.Contains("held by endpoint \"web\" on node one", refused.Message, StringComparison.Ordinal);
        NetworkException notOurs = await Assert.ThrowsAsync<NetworkException>(() => _other.ReleaseAsync(pool, "10.9.0.7"));
        Assert.Equal(NetworkErrorKind.Forbidden, notOurs.Kind);
    }

    [Fact]
    public async Task The_same_holder_of_the_same_node_gets_its_pool_and_address_again()
    {
        string pool = (await _one.TakePoolAsync("10.9.0.0/24", "network")).PoolId;
        await _one.TakeAsync(pool, "endpoint", "10.9.0.7");

        Assert.Equal(pool, (await _one.TakePoolAsync("10.9.0.0/24", "network")).PoolId);
        Assert.Equal("10.9.0.7", await _one.TakeAsync(pool, "endpoint", "10.9.0.7"));
        await Assert.ThrowsAsync<NetworkException>(() => _one.TakePoolAsync("10.9.0.0/24", "another network"));
        await Assert.ThrowsAsync<NetworkException>(() => _one.TakeAsync(pool, "another endpoint", "10.9.0.7"));
    }

    [Fact]
    public async Task A_given_back_address_is_another_hosts_at_once()
    {
        string pool = (await _one.TakePoolAsync("10.9.0.0/24", "network")).PoolId;
        await _one.TakeAsync(pool, "endpoint", "10.9.0.7");
        await _clock.UntilAsync(() => Knows(_other, pool));
        await Assert.ThrowsAsync<NetworkException>(() => _other.TakeAsync(pool, "other", "10.9.0.7"));   // the control

        await _one.ReleaseAsync(pool, "10.9.0.7");
        await _one.ReleaseAsync(pool, "10.9.0.7");
        await _clock.UntilAsync(() => Free(_other, pool) == 254);

        Assert.Equal("10.9.0.7", await _other.TakeAsync(pool, "other", "10.9.0.7"));
    }

    [Fact]
    public async Task A_pool_is_taken_while_a_node_has_addresses_of_it_and_free_afterwards()
    {
        string pool = (await _one.TakePoolAsync("10.9.0.0/24", "network")).PoolId;
        await _clock.UntilAsync(() => Knows(_other, pool));
        string address = await _other.TakeAsync(pool, "endpoint");

        await _one.Ipam.ReleasePoolAsync(pool, Cancel);
        NetworkException taken = await Assert.ThrowsAsync<NetworkException>(() => _one.TakePoolAsync("10.9.0.0/16", "wide"));
        await _other.ReleaseAsync(pool, address);
        await _clock.UntilAsync(() => !Knows(_one, pool));

        Assert.Equal(NetworkErrorReason.PoolOverlaps, taken.Reason);
        Assert.Equal("10.9.0.0/16", (await _one.TakePoolAsync("10.9.0.0/16", "wide")).Subnet.ToString());
        Assert.DoesNotContain(_store.Entries, entry => entry.Key.Contains("10.9.0.0/24", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ranges_of_one_subnet_share_its_addresses_across_hosts()
    {
        string all = (await _one.TakePoolAsync("10.9.0.0/28", "one's", "10.9.0.8/29")).PoolId;
        string half = (await _other.TakePoolAsync("10.9.0.0/28", "other's", "10.9.0.8/30")).PoolId;

        Assert.Equal("10.9.0.8", await _one.TakeAsync(all, "a"));
        await _clock.UntilAsync(() => Free(_other, half) == 3);
        Assert.Equal("10.9.0.9", await _other.TakeAsync(half, "b"));
    }

    [Fact]
    public async Task Without_a_cluster_the_global_space_is_the_hosts_own()
    {
        DefaultIpamDriver alone = new([], TimeProvider.System);

        IpamPool pool = await alone.RequestPoolAsync(new IpamPoolRequest { AddressSpace = alone.GlobalAddressSpace }, Cancel);

        Assert.Equal("10.0.0.0/24", pool.Subnet.ToString());
        Assert.Empty(_store.Entries);
    }

    private static bool Knows(ClusterHost host, string pool) => Free(host, pool) is not null;

    private static ulong? Free(ClusterHost host, string pool) => host.Free(pool);
}

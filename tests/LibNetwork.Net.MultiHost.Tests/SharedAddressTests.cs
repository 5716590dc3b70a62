using System.Diagnostics;
using LibNetwork.Cluster;
using LibNetwork.Stores;
using LibNetwork.Stores.Etcd;
using LibNetwork.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace LibNetwork.MultiHost.Tests;

/// <summary>Hosts that take and give back addresses while their processes end, and etcd's members are killed and paused.</summary>
[Trait("Category", "Kernel")]
public sealed class SharedAddressTests
{
    private const string Subnet = "10.9.0.0/27";
    private static readonly TimeSpan Presence = TimeSpan.FromSeconds(2), Holding = TimeSpan.FromSeconds(8), Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public async Task No_address_is_held_twice_and_none_is_lost_whoever_dies_meanwhile(int members, int seed)
    {
        const int Steps = 60;
        Assert.SkipUnless(EtcdMembers.IsInstalled, "etcd is not installed");
        Random random = new(seed);
        await using EtcdMembers etcd = await EtcdMembers.StartAsync(members);
        string prefix = $"test-{Guid.NewGuid():N}";
        await using Host one = NewHost(etcd, prefix, "one"), other = NewHost(etcd, prefix, "other");
        Host[] hosts = [one, other];
        string pool = string.Empty;
        foreach (Host host in hosts)
        {
            pool = await AgainAsync(() => host.TakePoolAsync(Subnet, Cancel));
        }

        int taken = 0, victim;
        for (int step = 0; step < Steps; step++)
        {
            Host at = hosts[random.Next(hosts.Length)];
            switch (random.Next(10))
            {
                case < 4:
                    bool[] happened = await Task.WhenAll(hosts.Select(host => TakeAsync(host, hosts, pool, $"holder {step}")));
                    taken += happened.Count(static happens => happens);
                    break;
                case < 7 when at.Held.Count > 0:
                    string address = at.Held.Keys.ElementAt(random.Next(at.Held.Count));
                    at.Forget(address);
                    await TryAsync(() => at.Ipam.ReleaseAddressAsync(pool, System.Net.IPAddress.Parse(address), Cancel).AsTask());
                    break;
                case 7:
                    await at.RestartAsync();
                    await AgainAsync(() => at.TakePoolAsync(Subnet, Cancel));
                    foreach ((string held, string holder) in at.Held)
                    {
                        Assert.Equal(held, await AgainAsync(() => at.TakeAsync(pool, holder, held, Cancel)));
                    }

                    break;
                case 8:
                    victim = random.Next(members);
                    await etcd.KillAsync(victim);
                    await TakeAsync(at, hosts, pool, $"holder {step}");
                    await etcd.StartAsync(victim);
                    break;
                case 9:
                    victim = random.Next(members);
                    await etcd.PauseAsync(victim);
                    await TakeAsync(at, hosts, pool, $"holder {step}");
                    await Task.Delay(TimeSpan.FromSeconds(random.Next(4)), Cancel);
                    await etcd.ResumeAsync(victim);
                    break;
            }
        }

        Assert.True(taken > 5, $"only {taken} addresses were taken");
        await using EtcdNetworkStore store = EtcdNetworkStore.Open(
            new EtcdStoreOptions { Endpoints = etcd.Endpoints, OpenSocket = etcd.OpenSocket, Prefix = prefix }, NullLogger<EtcdNetworkStore>.Instance, TimeProvider.System);
        await WaitAsync(async () => (await HeldAsync(store)).SequenceEqual(hosts.SelectMany(static host => host.Held.Keys).Order(StringComparer.Ordinal)));
        foreach (Host host in hosts)
        {
            foreach (string address in host.Held.Keys)
            {
                host.Forget(address);
                await host.Ipam.ReleaseAddressAsync(pool, System.Net.IPAddress.Parse(address), Cancel);
            }
        }

        await WaitAsync(async () => (await HeldAsync(store)).Length == 0);
    }

    [Fact]
    public async Task A_node_that_etcd_does_not_hear_of_for_too_long_knows_it_before_others_have_its_addresses()
    {
        Assert.SkipUnless(EtcdMembers.IsInstalled, "etcd is not installed");
        await using EtcdMembers etcd = await EtcdMembers.StartAsync();
        string prefix = $"test-{Guid.NewGuid():N}";
        await using Host one = NewHost(etcd, prefix, "one"), other = NewHost(etcd, prefix, "other");
        string pool = await AgainAsync(() => one.TakePoolAsync(Subnet, Cancel));
        await AgainAsync(() => other.TakePoolAsync(Subnet, Cancel));
        one.Believe(await one.TakeAsync(pool, "web", "10.9.0.7", Cancel), "web");
        await Assert.ThrowsAsync<NetworkException>(() => other.TakeAsync(pool, "theirs", "10.9.0.7", Cancel));   // the control

        await etcd.PauseAsync(0);
        await WaitAsync(() => Task.FromResult(one.LastLoss != default));
        await etcd.ResumeAsync(0);
        await AgainAsync(() => other.TakePoolAsync(Subnet, Cancel));
        await AgainAsync(() => other.TakeAsync(pool, "theirs", "10.9.0.7", Cancel), alsoWhile: NetworkErrorKind.Conflict);

        Assert.Empty(one.Held);
        Assert.True(one.LastLoss < DateTimeOffset.UtcNow);
        NetworkException gone = await Assert.ThrowsAsync<NetworkException>(() => AgainAsync(() => one.TakeAsync(pool, "web", "10.9.0.7", Cancel), alsoWhile: NetworkErrorKind.NotFound));
        Assert.Contains("on node other", gone.Message, StringComparison.Ordinal);
    }

    private static Host NewHost(EtcdMembers etcd, string prefix, string name)
        => new(etcd, prefix, new ClusterOptions { NodeId = new NodeId(name), NodeName = name, PresenceDuration = Presence, HoldingDuration = Holding });

    private static async Task<string[]> HeldAsync(EtcdNetworkStore store)
        => [.. (await store.ListAsync("cluster/v1/ipam/addresses/", Cancel)).Select(static entry => entry.Key[(entry.Key.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal)];

    private static async Task<bool> TakeAsync(Host at, Host[] hosts, string pool, string holder)
    {
        try
        {
            DateTimeOffset before = DateTimeOffset.UtcNow;
            string address = await at.TakeAsync(pool, holder, address: null, Cancel);
            DateTimeOffset after = DateTimeOffset.UtcNow;
            foreach (Host other in hosts.Where(host => host != at && host.Held.ContainsKey(address)))
            {
                // It may have been told that it has lost it, and only not have listened yet.
                await WaitAsync(() => Task.FromResult(!other.Held.ContainsKey(address)));
                Assert.True(other.LastLoss <= after, $"{address} was given at {after:O}, asked for at {before:O}, and lost at {other.LastLoss:O}");
            }

            at.Believe(address, holder);
            return true;
        }
        catch (NetworkException refused) when (refused.Kind is NetworkErrorKind.Unavailable or NetworkErrorKind.Exhausted or NetworkErrorKind.NotFound)
        {
            if (refused.Kind == NetworkErrorKind.NotFound)
            {
                await TryAsync(() => at.TakePoolAsync(Subnet, Cancel));   // all have lost it
            }

            return false;
        }
    }

    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (NetworkException unreachable) when (unreachable.IsTransient)
        {
            // etcd is down.
        }
    }

    private static async Task<string> AgainAsync(Func<Task<string>> work, NetworkErrorKind alsoWhile = NetworkErrorKind.Unavailable)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await work();
            }
            catch (NetworkException refused) when ((refused.IsTransient || refused.Kind == alsoWhile) && waited.Elapsed < Patience)
            {
                await Task.Delay(50, Cancel);
            }
        }
    }

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < Patience, "what was waited for does not happen");
            await Task.Delay(50, Cancel);
        }
    }
}

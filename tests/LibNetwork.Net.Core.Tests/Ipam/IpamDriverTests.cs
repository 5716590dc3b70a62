using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Ipam;

namespace LibNetwork.Core.Tests.Ipam;

public sealed class IpamDriverTests
{
    private readonly DefaultIpamDriver _ipam = new(BuiltInPools.ForThisMachine(), new StoppedClock());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Feature", "IP-10")]
    public async Task A_full_pool_says_its_family_and_who_has_held_it_the_longest()
    {
        IpamPool pool = await PoolAsync("10.0.0.0/29");
        DateTimeOffset now = StoppedClock.Now;
        string[] ages = ["3 d", "2 h", "40 min", "9 s", "0 s", "0 s"];
        TimeSpan[] spans = [TimeSpan.FromDays(3), TimeSpan.FromHours(2), TimeSpan.FromMinutes(40), TimeSpan.FromSeconds(9), TimeSpan.Zero, TimeSpan.Zero];
        foreach (int i in (int[])[4, 2, 0, 5, 1, 3])
        {
            await _ipam.RequestAddressAsync(
                new IpamAddressRequest { PoolId = pool.PoolId, Address = IPAddress.Parse($"10.0.0.{i + 1}"), Holder = $"endpoint {i}", Since = now - spans[i] }, Cancel);
        }

        NetworkException full = await RefusalAsync(pool, address: null);

        Assert.Equal((NetworkErrorKind.Exhausted, NetworkErrorReason.AddressesExhausted), (full.Kind, full.Reason));
        Assert.Contains("IPv4", full.Message, StringComparison.Ordinal);
        Assert.Contains($"10.0.0.1 by endpoint 0 for {ages[0]}, 10.0.0.2 by endpoint 1 for {ages[1]}, 10.0.0.3 by endpoint 2 for {ages[2]}", full.Message, StringComparison.Ordinal);
        Assert.EndsWith("and 1 more", full.Holder, StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "IP-10")]
    public async Task Taken_reserved_and_outside_are_told_apart_and_name_the_holder()
    {
        IpamPool pool = await PoolAsync("10.0.0.0/24");
        await _ipam.RequestAddressAsync(new IpamAddressRequest { PoolId = pool.PoolId, Address = IPAddress.Parse("10.0.0.7"), Holder = "endpoint \"web\"" }, Cancel);

        NetworkException taken = await RefusalAsync(pool, "10.0.0.7");
        NetworkException network = await RefusalAsync(pool, "10.0.0.0");
        NetworkException broadcast = await RefusalAsync(pool, "10.0.0.255");
        NetworkException outside = await RefusalAsync(pool, "10.0.1.7");

        Assert.Equal((NetworkErrorKind.Conflict, NetworkErrorReason.AddressInUse, "endpoint \"web\""), (taken.Kind, taken.Reason, taken.Holder));
        Assert.Equal((NetworkErrorReason.AddressInUse, "the network itself"), (network.Reason, network.Holder));
        Assert.Equal((NetworkErrorReason.AddressInUse, "the broadcast address"), (broadcast.Reason, broadcast.Holder));
        Assert.Equal((NetworkErrorKind.InvalidArgument, NetworkErrorReason.AddressOutsidePool), (outside.Kind, outside.Reason));
    }

    [Fact, Trait("Feature", "IP-08")]
    public async Task Addresses_that_are_never_given_out_cannot_be_freed_either()
    {
        IpamPool pool = await PoolAsync("10.0.0.0/30");
        await _ipam.ReleaseAddressAsync(pool.PoolId, IPAddress.Parse("10.0.0.0"), Cancel);
        await _ipam.ReleaseAddressAsync(pool.PoolId, IPAddress.Parse("10.0.0.3"), Cancel);

        Assert.Equal("10.0.0.1", await NextAsync(pool));
        Assert.Equal("10.0.0.2", await NextAsync(pool));
        Assert.Equal(NetworkErrorKind.Exhausted, (await RefusalAsync(pool, address: null)).Kind);
    }

    [Theory, Trait("Feature", "IP-08")]
    [InlineData("10.0.0.8/31", "10.0.0.8", "10.0.0.9")]
    [InlineData("10.0.0.8/32", "10.0.0.8")]
    [InlineData("fd00::/127", "fd00::1")]
    [InlineData("fd00::/128")]
    public async Task The_smallest_pools_give_what_they_have(string subnet, params string[] expected)
    {
        IpamPool pool = await PoolAsync(subnet);
        foreach (string address in expected)
        {
            Assert.Equal(address, await NextAsync(pool));
        }

        Assert.Equal(NetworkErrorKind.Exhausted, (await RefusalAsync(pool, address: null)).Kind);
    }

    [Fact, Trait("Feature", "IP-14")]
    public async Task The_largest_pool_of_all_hands_out_its_first_and_its_last_address_and_counts_to_the_limit()
    {
        // As a subnet that was asked for by a range of it, since the whole cannot be told from "any".
        AddressSpace space = new("LocalDefault", AddressFamily.InterNetworkV6, [], new ConcurrentDictionary<string, PoolShare>(), TimeProvider.System);
        PoolShare all = space.Take(Subnet.Parse("::/0"), new IpamPoolRequest { AddressSpace = "LocalDefault" });

        Assert.Equal("::1", all.TakeNext(serial: true, holder: null).Address.ToString());
        Assert.Equal("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", all.Take(Subnet.Parse("::/0").LastAddress, holder: null).Address.ToString());
        Assert.Equal("::2", all.TakeNext(serial: true, holder: null).Address.ToString());
        Assert.Equal(ulong.MaxValue, all.Usage().Available);
        Assert.Equal(4u, all.Usage().InUse);
    }

    [Fact]
    public async Task A_holder_that_comes_back_gets_its_address_unless_somebody_else_took_it()
    {
        IpamPool pool = await PoolAsync("10.0.0.0/24");
        await NextAsync(pool, "first");
        Assert.Equal("10.0.0.2", await NextAsync(pool, "second"));
        await _ipam.ReleaseAddressAsync(pool.PoolId, IPAddress.Parse("10.0.0.1"), Cancel);
        await _ipam.ReleaseAddressAsync(pool.PoolId, IPAddress.Parse("10.0.0.2"), Cancel);

        Assert.Equal("10.0.0.2", await NextAsync(pool, "second"));
        Assert.Equal("10.0.0.1", await NextAsync(pool, "third"));
        Assert.Equal("10.0.0.3", await NextAsync(pool, "first"));
    }

    [Fact]
    public async Task Withheld_ranges_are_not_chosen_and_given_to_who_asks()
    {
        IpamPool pool = await _ipam.RequestPoolAsync(
            new IpamPoolRequest
            {
                AddressSpace = _ipam.LocalAddressSpace,
                Pool = Subnet.Parse("10.0.0.0/28"),
                Withheld = [AddressRange.Parse("10.0.0.2-10.0.0.12"), AddressRange.Parse("10.0.0.14")],
            },
            Cancel);

        Assert.Equal("10.0.0.1", await NextAsync(pool));
        Assert.Equal("10.0.0.13", await NextAsync(pool));
        Assert.Equal(NetworkErrorKind.Exhausted, (await RefusalAsync(pool, address: null)).Kind);
        Assert.NotNull(await _ipam.RequestAddressAsync(new IpamAddressRequest { PoolId = pool.PoolId, Address = IPAddress.Parse("10.0.0.14") }, Cancel));
    }

    [Fact]
    public async Task A_withheld_range_outside_the_pool_is_invalid()
    {
        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await _ipam.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = _ipam.LocalAddressSpace, Pool = Subnet.Parse("10.0.0.0/28"), Withheld = [AddressRange.Parse("10.0.0.2-10.0.0.99")] }, Cancel));

        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
        Assert.NotNull(await PoolAsync("10.0.0.0/28"));
    }

    [Fact, Trait("Feature", "IP-06")]
    public async Task An_overlap_names_the_pool_and_who_has_it()
    {
        await _ipam.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = _ipam.LocalAddressSpace, Pool = Subnet.Parse("10.1.0.0/16"), Holder = "network \"front\"" }, Cancel);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(() => PoolAsync("10.1.5.0/24"));

        Assert.Equal((NetworkErrorKind.Forbidden, NetworkErrorReason.PoolOverlaps, "network \"front\""), (refused.Kind, refused.Reason, refused.Holder));
        Assert.Contains("10.1.0.0/16", refused.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("Feature", "IP-04")]
    public async Task A_chosen_pool_keeps_away_from_what_is_excluded_and_from_what_is_taken()
    {
        await PoolAsync("172.18.5.0/24");

        IpamPool pool = await _ipam.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = _ipam.LocalAddressSpace, Exclude = [Subnet.Parse("172.17.255.255/32"), Subnet.Parse("172.19.0.0/17")] }, Cancel);

        Assert.Equal(Subnet.Parse("172.20.0.0/16"), pool.Subnet);
    }

    [Fact, Trait("Feature", "IP-10")]
    public async Task No_pool_left_says_the_family_and_lists_the_oldest()
    {
        DefaultIpamDriver small = new([new DefaultPool(Subnet.Parse("10.0.0.0/24"), 25)], new StoppedClock());
        IpamPoolRequest any = new() { AddressSpace = small.LocalAddressSpace };
        await small.RequestPoolAsync(any with { Holder = "network \"a\"", Since = StoppedClock.Now.AddDays(-2) }, Cancel);
        await small.RequestPoolAsync(any with { Holder = "network \"b\"" }, Cancel);

        NetworkException none = await Assert.ThrowsAsync<NetworkException>(async () => await small.RequestPoolAsync(any, Cancel));

        Assert.Equal((NetworkErrorKind.Exhausted, NetworkErrorReason.PoolsExhausted), (none.Kind, none.Reason));
        Assert.Contains("no free IPv4 pool", none.Message, StringComparison.Ordinal);
        Assert.Equal("10.0.0.0/25 by network \"a\" for 2 d, 10.0.0.128/25 by network \"b\" for 0 s", none.Holder);
    }

    [Fact, Trait("Feature", "IP-03")]
    public async Task IPv6_pools_are_cut_from_a_range_of_this_machine_also_when_the_list_has_none()
    {
        DefaultIpamDriver ipam = new([new DefaultPool(Subnet.Parse("10.0.0.0/8"), 24)], TimeProvider.System);
        IpamPoolRequest any = new() { AddressSpace = ipam.LocalAddressSpace, Family = AddressFamily.InterNetworkV6 };

        IpamPool first = await ipam.RequestPoolAsync(any, Cancel);
        IpamPool second = await ipam.RequestPoolAsync(any, Cancel);

        Subnet own = BuiltInPools.UniqueLocalPool().Base;
        Assert.Equal(48, own.PrefixLength);
        Assert.StartsWith("fd", own.BaseAddress.ToString(), StringComparison.Ordinal);
        Assert.Equal(own.FirstOfSize(64), first.Subnet);
        Assert.Equal(first.Subnet.Next(), second.Subnet);
    }

    [Fact, Trait("Feature", "IP-03")]
    public void The_range_of_a_machine_follows_from_its_id_as_in_docker()
    {
        Assert.Equal(BuiltInPools.UniqueLocal("one"), BuiltInPools.UniqueLocal("one"));
        Assert.NotEqual(BuiltInPools.UniqueLocal("one"), BuiltInPools.UniqueLocal("two"));
        // SHA-256 of "one" begins 7692c3ad3540bb80: the low 40 bits are ad3540bb80.
        Assert.Equal(Subnet.Parse("fdad:3540:bb80::/48"), BuiltInPools.UniqueLocal("one"));
    }

    [Fact, Trait("Feature", "IP-02")]
    public async Task Behind_the_pools_that_users_know_there_is_room_for_ten_thousand_networks()
    {
        List<Subnet> pools = [];
        for (int i = 0; i < 10_000; i++)
        {
            pools.Add((await _ipam.RequestPoolAsync(new IpamPoolRequest { AddressSpace = _ipam.LocalAddressSpace }, Cancel)).Subnet);
        }

        Assert.Equal("172.31.0.0/16", pools[14].ToString());
        Assert.Equal("192.168.240.0/20", pools[30].ToString());
        Assert.Equal("10.48.0.0/24", pools[31].ToString());
        List<Subnet> sorted = [.. pools.OrderBy(pool => Prefix.Of(pool).Bits)];
        Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.False(pair.First.Overlaps(pair.Second)));
    }

    [Fact]
    public void A_default_pool_that_cannot_be_cut_is_refused()
    {
        NetworkException refused = Assert.Throws<NetworkException>(() => new DefaultIpamDriver([new DefaultPool(Subnet.Parse("10.0.0.0/16"), 8)], TimeProvider.System));

        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
    }

    [Fact]
    public async Task An_address_is_never_handed_out_twice_however_many_ask_at_once()
    {
        IpamPool pool = await PoolAsync("10.0.0.0/22");
        ConcurrentDictionary<IPAddress, int> held = new();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                Random random = new(worker);
                List<IPAddress> mine = [];
                for (int i = 0; i < 20_000; i++)
                {
                    if (mine.Count > 100 || (mine.Count > 0 && random.Next(2) == 0))
                    {
                        IPAddress gone = mine[^1];
                        mine.RemoveAt(mine.Count - 1);
                        Assert.True(held.TryRemove(gone, out _));
                        await _ipam.ReleaseAddressAsync(pool.PoolId, gone, Cancel);
                    }
                    else
                    {
                        InterfaceAddress? given = await _ipam.RequestAddressAsync(new IpamAddressRequest { PoolId = pool.PoolId, Holder = $"{worker} {i % 50}" }, Cancel);
                        Assert.True(held.TryAdd(given!.Value.Address, worker));
                        mine.Add(given.Value.Address);
                    }
                }
            },
            Cancel)));

        Assert.Equal((ulong)held.Count + 2, (await _ipam.GetPoolUsageAsync(pool.PoolId, Cancel)).InUse);
    }

    [Fact]
    public async Task A_pool_that_was_given_back_gives_no_more_addresses()
    {
        IpamPool pool = await PoolAsync("10.0.0.0/24");
        await _ipam.ReleasePoolAsync(pool.PoolId, Cancel);

        Assert.Equal(NetworkErrorKind.NotFound, (await RefusalAsync(pool, address: null)).Kind);
        Assert.Equal(
            NetworkErrorKind.NotFound,
            (await Assert.ThrowsAsync<NetworkException>(async () => await _ipam.ReleaseAddressAsync(pool.PoolId, IPAddress.Parse("10.0.0.1"), Cancel))).Kind);
    }

    [Fact, Trait("Feature", "IP-01")]
    public async Task The_null_driver_manages_nothing_and_says_so()
    {
        NullIpamDriver none = new();
        IpamPool ipv4 = await none.RequestPoolAsync(new IpamPoolRequest { AddressSpace = none.LocalAddressSpace }, Cancel);
        IpamPool ipv6 = await none.RequestPoolAsync(
            new IpamPoolRequest { AddressSpace = none.GlobalAddressSpace, Family = AddressFamily.InterNetworkV6 }, Cancel);

        Assert.Equal(("null/0.0.0.0/0", "0.0.0.0/0"), (ipv4.PoolId, ipv4.Subnet.ToString()));
        Assert.Equal(("null/::/0", "::/0"), (ipv6.PoolId, ipv6.Subnet.ToString()));
        Assert.Null(await none.RequestAddressAsync(new IpamAddressRequest { PoolId = ipv4.PoolId, Address = IPAddress.Parse("10.0.0.1") }, Cancel));
        await none.ReleasePoolAsync(ipv4.PoolId, Cancel);
        foreach (Func<Task> bad in (Func<Task>[])
        [
            async () => await none.RequestPoolAsync(new IpamPoolRequest { AddressSpace = "LocalDefault" }, Cancel),
            async () => await none.RequestPoolAsync(new IpamPoolRequest { AddressSpace = "null", Pool = Subnet.Parse("10.0.0.0/8") }, Cancel),
            async () => await none.RequestPoolAsync(new IpamPoolRequest { AddressSpace = "null", SubPool = Subnet.Parse("10.0.0.0/8") }, Cancel),
            async () => await none.RequestAddressAsync(new IpamAddressRequest { PoolId = "null/10.0.0.0/8" }, Cancel),
        ])
        {
            Assert.Equal(NetworkErrorKind.InvalidArgument, (await Assert.ThrowsAsync<NetworkException>(bad)).Kind);
        }
    }

    [Fact, Trait("Feature", "IP-01")]
    public void The_default_driver_has_two_address_spaces()
        => Assert.Equal(("default", "LocalDefault", "GlobalDefault"), (_ipam.Name, _ipam.LocalAddressSpace, _ipam.GlobalAddressSpace));

    private async Task<IpamPool> PoolAsync(string subnet)
        => await _ipam.RequestPoolAsync(new IpamPoolRequest { AddressSpace = _ipam.LocalAddressSpace, Pool = Subnet.Parse(subnet) }, Cancel);

    private async Task<string?> NextAsync(IpamPool pool, string? holder = null)
        => (await _ipam.RequestAddressAsync(new IpamAddressRequest { PoolId = pool.PoolId, Holder = holder }, Cancel))?.Address.ToString();

    private Task<NetworkException> RefusalAsync(IpamPool pool, string? address)
        => Assert.ThrowsAsync<NetworkException>(async () => await _ipam.RequestAddressAsync(
            new IpamAddressRequest { PoolId = pool.PoolId, Address = address is null ? null : IPAddress.Parse(address) }, Cancel));

    private sealed class StoppedClock : TimeProvider
    {
        public static DateTimeOffset Now { get; } = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

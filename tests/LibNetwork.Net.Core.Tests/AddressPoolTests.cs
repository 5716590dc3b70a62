using System.Net;
using CsCheck;
using LibNetwork.Ipam;

namespace LibNetwork.Core.Tests;

public sealed class AddressPoolTests
{
    [Fact]
    public void Runs_agree_with_a_plain_set()
        => Gen.Int[0, 40].Array[0, 200].Sample(numbers =>
        {
            AddressRuns runs = new();
            SortedSet<int> oracle = [];
            foreach (int number in numbers)
            {
                // Every other visit of a number gives it back.
                if (oracle.Add(number))
                {
                    Assert.True(runs.Add((UInt128)number));
                }
                else
                {
                    Assert.False(runs.Add((UInt128)number));
                    oracle.Remove(number);
                    runs.Remove((UInt128)number);
                }

                UInt128? free = runs.LowestFree(5, 40);
                int? expected = Enumerable.Range(5, 36).Where(candidate => !oracle.Contains(candidate)).Cast<int?>().FirstOrDefault();
                Assert.Equal((UInt128?)expected, free);
                Assert.Equal((UInt128)oracle.Count, runs.Count);
                Assert.All(Enumerable.Range(0, 41), candidate => Assert.Equal(oracle.Contains(candidate), runs.Contains((UInt128)candidate)));
            }
        });

    [Fact]
    public void The_lowest_free_address_is_next_and_a_full_pool_says_so()
    {
        AddressPool pool = new(Subnet.Parse("10.0.0.0/30"));

        Assert.Equal(IPAddress.Parse("10.0.0.1"), pool.TakeNext(pool.Subnet, serial: false, holder: null));
        Assert.Equal(IPAddress.Parse("10.0.0.2"), pool.TakeNext(pool.Subnet, serial: false, holder: null));
        NetworkException full = Assert.Throws<NetworkException>(() => pool.TakeNext(pool.Subnet, serial: false, holder: null));
        pool.Release(IPAddress.Parse("10.0.0.1"));

        Assert.Equal(NetworkErrorKind.Exhausted, full.Kind);
        Assert.Equal(IPAddress.Parse("10.0.0.1"), pool.TakeNext(pool.Subnet, serial: false, holder: null));
    }

    [Fact]
    public void Serial_allocation_goes_on_behind_the_last_and_wraps()
    {
        AddressPool pool = new(Subnet.Parse("10.0.0.0/29"));
        IPAddress first = pool.TakeNext(pool.Subnet, serial: true, holder: null);
        pool.Release(first);

        Assert.Equal(IPAddress.Parse("10.0.0.2"), pool.TakeNext(pool.Subnet, serial: true, holder: null));
        for (int i = 0; i < 4; i++)
        {
            pool.TakeNext(pool.Subnet, serial: true, holder: null);
        }

        Assert.Equal(first, pool.TakeNext(pool.Subnet, serial: true, holder: null));
    }

    [Fact]
    public async Task Default_pools_are_handed_out_in_order_and_avoid_what_is_taken()
    {
        DefaultIpamDriver ipam = new(BuiltInPools.ForThisMachine());
        IpamPoolRequest any = new() { AddressSpace = ipam.LocalAddressSpace };

        IpamPool first = await ipam.RequestPoolAsync(any, TestContext.Current.CancellationToken);
        await ipam.RequestPoolAsync(any with { Pool = Subnet.Parse("172.18.5.0/24") }, TestContext.Current.CancellationToken);
        IpamPool third = await ipam.RequestPoolAsync(any, TestContext.Current.CancellationToken);

        Assert.Equal(Subnet.Parse("172.17.0.0/16"), first.Subnet);
        Assert.Equal(Subnet.Parse("172.19.0.0/16"), third.Subnet);
    }
}

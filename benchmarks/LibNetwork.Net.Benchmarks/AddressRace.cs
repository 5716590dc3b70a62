using System.Diagnostics;
using System.Globalization;
using LibNetwork.Ipam;

namespace LibNetwork.Benchmarks;

/// <summary>
/// Taking the lowest free address and giving it back, at each level: the tree, the pool with its holders, the public driver; a plain
/// bitmap scan beside them. Also the choice of pools, and the memory of a full one. All on one thread.
/// </summary>
internal static class AddressRace
{
    private const int Rounds = 7;
    private const int Pairs = 200_000;

    private static readonly string[] Names = [.. Enumerable.Range(0, 512).Select(i => $"endpoint \"web-{i}\" on network \"front\"")];

    public static async Task RunAsync()
    {
        Console.WriteLine($"{"nanoseconds per pair",-34}{"bitmap",10}{"tree",10}{"pool",10}{"driver",10}   bytes per pair");
        foreach ((string subnet, double fill) in new[]
        {
            ("10.0.0.0/16", 0.0), ("10.0.0.0/16", 0.5), ("10.0.0.0/16", 0.99), ("10.0.0.0/8", 0.0), ("10.0.0.0/8", 0.5), ("fd00::/64", 0.0),
        })
        {
            await RacePairsAsync(Subnet.Parse(subnet), fill);
        }

        await RacePoolsAsync();
        MeasureMemory();
        await MeasureManyPoolsAsync();
    }

    private static async Task RacePairsAsync(Subnet subnet, double fill)
    {
        UInt128 size = UInt128.Min(subnet.LastOrdinal + 1, 1 << 24);
        int taken = (int)((double)size * fill);
        DefaultIpamDriver driver = Driver();
        IpamPool pool = await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = driver.LocalAddressSpace, Pool = subnet });
        BitmapScan bitmap = new((int)size);
        AddressTree tree = new();
        PoolShare share = ShareOf(subnet);
        bitmap.Fill(taken);
        for (int i = 0; i < taken; i++)
        {
            tree.Add((UInt128)i, Names[i % Names.Length], since: 1);
            share.TakeNext(serial: false, Names[i % Names.Length]);
            await driver.RequestAddressAsync(new IpamAddressRequest { PoolId = pool.PoolId, Holder = Names[i % Names.Length] });
        }

        UInt128 last = size - 1;
        OrdinalRange[] ranges = [share.Pool.Usable!.Value];   // the pools here all have usable addresses
        (double scanTime, _) = Measure(() => bitmap.Release(bitmap.TakeLowest()), taken > 1 << 20 ? Pairs / 1000 : Pairs);
        (double treeTime, double treeBytes) = Measure(
            () =>
            {
                tree.TryFindFree(1, last, out UInt128 free);
                tree.Add(free, Names[0], since: 1);
                tree.Remove(free, out _);
            },
            Pairs);
        int turn = 0;
        (double poolTime, double poolBytes) = Measure(
            () =>
            {
                share.Pool.TryTakeNext(share, ranges, serial: false, Names[turn++ % Names.Length], out UInt128 ordinal);
                share.Pool.Release(share, ordinal);
            },
            Pairs);
        IpamAddressRequest[] requests = [.. Names.Select(name => new IpamAddressRequest { PoolId = pool.PoolId, Holder = name })];
        (double driverTime, double driverBytes) = Measure(
            () =>
            {
                InterfaceAddress? given = Completed(driver.RequestAddressAsync(requests[turn++ % Names.Length]));
                Completed(driver.ReleaseAddressAsync(pool.PoolId, given!.Value.Address));
            },
            Pairs);
        Console.WriteLine(
            $"{$"{subnet}, {fill:P0} full",-34}{scanTime,10:F0}{treeTime,10:F0}{poolTime,10:F0}{driverTime,10:F0}   tree {treeBytes:F0}, pool {poolBytes:F0}, driver {driverBytes:F0}");
    }

    private static async Task RacePoolsAsync()
    {
        Console.WriteLine();
        Console.WriteLine($"{"microseconds per pool",-34}{"request",10}{"release",10}");
        foreach (int held in (int[])[0, 1_000, 10_000])
        {
            DefaultIpamDriver driver = Driver();
            IpamPoolRequest any = new() { AddressSpace = driver.LocalAddressSpace, Holder = "network \"front\"" };
            for (int i = 0; i < held; i++)
            {
                await driver.RequestPoolAsync(any);
            }

            List<double> requests = [];
            List<double> releases = [];
            for (int i = 0; i < 2_000; i++)
            {
                long start = Stopwatch.GetTimestamp();
                IpamPool pool = await driver.RequestPoolAsync(any);
                requests.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                start = Stopwatch.GetTimestamp();
                await driver.ReleasePoolAsync(pool.PoolId);
                releases.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            Console.WriteLine($"{$"{held} pools held",-34}{Contest.Median(requests),10:F1}{Contest.Median(releases),10:F1}");
        }
    }

    private static void MeasureMemory()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        PoolShare share = ShareOf(Subnet.Parse("10.0.0.0/16"));
        for (int i = 0; i < 65_534; i++)
        {
            share.TakeNext(serial: false, Names[i % Names.Length]);
        }

        long size = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(share);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a full /16 with the reference to each holder: {size / 1024.0:F0} KiB"));
    }

    private static async Task MeasureManyPoolsAsync()
    {
        const int Count = 10_000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        DefaultIpamDriver driver = Driver();
        for (int i = 0; i < Count; i++)
        {
            IpamPool pool = await driver.RequestPoolAsync(new IpamPoolRequest { AddressSpace = driver.LocalAddressSpace });
            await driver.RequestAddressAsync(new IpamAddressRequest { PoolId = pool.PoolId, Holder = Names[0] });
        }

        long size = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(driver);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a pool with one address, of {Count}: {size / (double)Count:F0} bytes"));
    }

    private static (double Nanoseconds, double Bytes) Measure(Action pair, int count)
    {
        List<double> times = [];
        double bytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                pair();
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / count);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count;
        }

        return (times.Min(), bytes);
    }

    private static T Completed<T>(ValueTask<T> task)
        => task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("The built-in driver answers at once.");

    private static void Completed(ValueTask task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The built-in driver answers at once.");
        }
    }

    private static PoolShare ShareOf(Subnet subnet)
        => new(new PoolId("LocalDefault", subnet, Range: null), new AddressPool(subnet, TimeProvider.System), new IpamPoolRequest { AddressSpace = "LocalDefault" }, TimeProvider.System);

    private static DefaultIpamDriver Driver() => new(BuiltInPools.ForThisMachine(), TimeProvider.System);
}

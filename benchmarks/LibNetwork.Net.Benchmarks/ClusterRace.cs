using System.Diagnostics;
using LibNetwork.Ipam;
using LibNetwork.Stores;
using LibNetwork.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace LibNetwork.Benchmarks;

/// <summary>What an address costs that hosts share, against the bare commit of the same size to the same etcd.</summary>
internal static class ClusterRace
{
    private const int WarmUp = 200;

    public static async Task RunAsync(int rounds)
    {
        await using EtcdMembers etcd = await EtcdMembers.StartAsync();
        await using ServiceProvider one = NewHost(etcd, "one"), other = NewHost(etcd, "other");
        IIpamDriver[] drivers = [Driver(one), Driver(other)];
        IpamPoolRequest request = new() { AddressSpace = drivers[0].GlobalAddressSpace, Pool = Subnet.Parse("10.0.0.0/16"), Holder = "network" };
        string pool = string.Empty;
        foreach (IIpamDriver driver in drivers)
        {
            pool = (await driver.RequestPoolAsync(request)).PoolId;
        }

        ILeasingStore store = one.GetRequiredService<ILeasingStore>();
        byte[] value = new byte[160];
        int count = 0;
        await RaceAsync("bare commit", 1, () => store.TryCommitAsync(Bare()).AsTask(), rounds);
        await RaceAsync("address, one host", 1, () => TakeAsync(drivers[0]), rounds);
        await RaceAsync("bare commit, 16 in flight", 16, () => store.TryCommitAsync(Bare()).AsTask(), rounds);
        await RaceAsync("address, one host, 16 in flight", 16, () => TakeAsync(drivers[0]), rounds);
        await RaceAsync("address, two hosts, 16 in flight", 16, () => TakeAsync(drivers[Interlocked.Increment(ref count) % 2]), rounds);

        StoreTransaction Bare()
        {
            string key = $"bare/{Interlocked.Increment(ref count)}";
            return new StoreTransaction { Checks = [(key, 0), (key + "x", 0)], Puts = [(key, value)] };
        }

        Task TakeAsync(IIpamDriver driver) => driver.RequestAddressAsync(new IpamAddressRequest { PoolId = pool, Holder = $"endpoint {Interlocked.Increment(ref count)}" }).AsTask();
    }

    private static async Task RaceAsync(string name, int inFlight, Func<Task> work, int rounds)
    {
        List<double> times = [];
        int left = rounds + WarmUp;
        long start = 0;
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            int round;
            while ((round = Interlocked.Decrement(ref left)) >= 0)
            {
                if (round == rounds - 1)
                {
                    start = Stopwatch.GetTimestamp();
                }

                long begun = Stopwatch.GetTimestamp();
                await work();
                if (round < rounds)
                {
                    lock (times)
                    {
                        times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                    }
                }
            }
        })));
        double perSecond = rounds / Stopwatch.GetElapsedTime(start).TotalSeconds;
        times.Sort();
        Console.WriteLine($"{name,-34} p50 {times[times.Count / 2],7:F2} ms  p99 {times[times.Count * 99 / 100],7:F2} ms  {perSecond,7:F0}/s");
    }

    private static ServiceProvider NewHost(EtcdMembers etcd, string name) => new ServiceCollection().AddLibNetwork()
        .AddEtcdStore(options => (options.Endpoints, options.OpenSocket) = (etcd.Endpoints, etcd.OpenSocket))
        .AddCluster(options => (options.NodeId, options.NodeName) = (new LibNetwork.Cluster.NodeId(name), name)).Services.BuildServiceProvider();

    private static IIpamDriver Driver(ServiceProvider host) => host.GetServices<IIpamDriver>().First(static driver => driver.Name == "default");
}

using System.Diagnostics;

namespace LibNetwork.Benchmarks.Scale;

/// <summary>What a cluster of so many nodes asks of its store and of each node, simulated.</summary>
internal static class ScaleReport
{
    private const int EndpointsPerNode = 5, NodesPerNetwork = 100, Burst = 1000;
    private const int MostListening = 200;   // each remembers all others, and this is one process

    public static async Task RunAsync(IReadOnlyList<int> sizes)
    {
        foreach (int nodes in sizes)
        {
            await RunAsync(nodes, networks: Math.Max(1, nodes / NodesPerNetwork), Math.Min(nodes, MostListening));
        }

        await RunAsync(nodes: 1000, networks: 1, listening: 50);
    }

    private static async Task RunAsync(int nodes, int networks, int listening)
    {
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        await using ClusterSimulation cluster = new(nodes, networks, listening);
        Console.WriteLine($"{nodes} nodes, {networks} networks, {EndpointsPerNode} endpoints on each node; {listening} nodes listen");
        await StepAsync("start", cluster, () => cluster.StartAsync(EndpointsPerNode));
        if (listening == nodes)
        {
            Console.WriteLine($"  state of a node {(GC.GetTotalMemory(forceFullCollection: true) - memory) / nodes / 1024.0:F0} KiB, its share of the store included");
        }

        await StepAsync("one endpoint", cluster, () => cluster.BurstAsync(1));
        await StepAsync($"burst of {Burst} endpoints", cluster, () => cluster.BurstAsync(Burst));
        await StepAsync($"heal of {nodes / 10} nodes after 30 s", cluster, () => cluster.CutAndHealAsync(nodes / 10, TimeSpan.FromSeconds(30), endpointsMeanwhile: 20));
    }

    private static async Task StepAsync(string name, ClusterSimulation cluster, Func<Task<TimeSpan>> step)
    {
        var before = cluster.Traffic.Total;
        TimeSpan processing = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        TimeSpan waited = await step();
        processing = Process.GetCurrentProcess().TotalProcessorTime - processing;
        var after = cluster.Traffic.Total;
        Console.WriteLine(
            $"  {name,-32} commits {after.Commits - before.Commits,8} (keys {after.Changes - before.Changes,8})  reads {after.Lists - before.Lists,8} (keys {after.Listed - before.Listed,9})  "
            + $"told {after.Told - before.Told,10} ({(after.ToldBytes - before.ToldBytes) / 1e6,8:F1} MB)  waited {waited.TotalSeconds,6:F2} s  "
            + $"processor {processing.TotalMilliseconds / cluster.Listening,8:F2} ms/node  wall {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
    }
}

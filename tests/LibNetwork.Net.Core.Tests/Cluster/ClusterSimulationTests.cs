using LibNetwork.Benchmarks.Scale;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>The simulation of large clusters, small: what a change costs the store does not grow by itself.</summary>
public sealed class ClusterSimulationTests
{
    private const int Nodes = 40, Networks = 4, EndpointsPerNode = 3;

    [Fact]
    public async Task A_change_is_one_commit_and_is_told_once_to_each_node_that_takes_part()
    {
        await using ClusterSimulation cluster = new(Nodes, Networks, listening: Nodes);
        await cluster.StartAsync(EndpointsPerNode);
        long commits = cluster.Traffic.Total.Commits, told = cluster.Traffic.Total.Told, lists = cluster.Traffic.Total.Lists;

        await cluster.BurstAsync(1);

        Assert.Equal((1, Nodes / Networks, 0), (cluster.Traffic.Total.Commits - commits, cluster.Traffic.Total.Told - told, cluster.Traffic.Total.Lists - lists));
    }

    [Fact]
    public async Task Endpoints_that_join_at_once_on_a_node_are_few_commits()
    {
        await using ClusterSimulation cluster = new(nodes: 2, networks: 1, listening: 2);
        await cluster.StartAsync(1);
        long commits = cluster.Traffic.Total.Commits;

        await cluster.BurstAsync(400);

        Assert.InRange(cluster.Traffic.Total.Commits - commits, 4, 200);
    }

    [Fact]
    public async Task Nodes_that_come_back_write_their_own_records_and_no_endpoint_and_agree_within_two_seconds()
    {
        await using ClusterSimulation cluster = new(Nodes, Networks, listening: Nodes);
        await cluster.StartAsync(EndpointsPerNode);
        const int Cut = 10, Meanwhile = 6;
        long keys = cluster.Traffic.Total.Changes;

        TimeSpan healing = await cluster.CutAndHealAsync(Cut, TimeSpan.FromSeconds(30), Meanwhile);

        Assert.True(healing <= TimeSpan.FromSeconds(2), $"it took {healing}");
        Assert.InRange(cluster.Traffic.Total.Changes - keys, Cut + Meanwhile, Cut + (2 * Meanwhile));   // a node's announcements are counted by a key of its own
    }
}

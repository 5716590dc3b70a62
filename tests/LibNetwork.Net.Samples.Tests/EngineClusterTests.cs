using System.Diagnostics;
using LibNetwork.TestSupport;

namespace LibNetwork.Samples.Tests;

/// <summary>Engines that share networks by etcd, as the docker command line sees them.</summary>
[Trait("Category", "Kernel")]
public sealed class EngineClusterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Feature", "CL-01"), Trait("Feature", "CL-05")]
    public async Task A_network_that_one_engine_creates_is_on_all_and_is_removed_by_any()
    {
        Assert.SkipUnless(EtcdMembers.IsInstalled, "etcd is not installed");
        await using EngineCluster cluster = await EngineCluster.StartAsync(3, Cancel);
        DockerClient[] docker = [.. cluster.Engines.Select(static engine => new DockerClient(engine.SocketPath))];

        string id = await docker[0].RunAsync("network", "create", "-d", "overlay", "--attachable", "--label", "tier=web", "web");
        foreach (DockerClient other in docker)
        {
            await WaitAsync(other, $"{id} web overlay global", "network", "ls", "--no-trunc", "--filter", "driver=overlay", "--format", "{{.ID}} {{.Name}} {{.Driver}} {{.Scope}}");
            Assert.Equal(
                await docker[0].RunAsync("network", "inspect", "-f", "{{.Attachable}} {{json .IPAM.Config}} {{json .Options}} {{json .Labels}}", "web"),
                await other.RunAsync("network", "inspect", "-f", "{{.Attachable}} {{json .IPAM.Config}} {{json .Options}} {{json .Labels}}", "web"));
        }

        await docker[2].RunAsync("run", "-d", "--name", "user", "--network", "web", "host", "sleep", "1000");
        Assert.Contains("node n2", await docker[0].FailAsync("network", "rm", "web"), StringComparison.Ordinal);
        Assert.Contains("already exists", await docker[1].FailAsync("network", "create", "-d", "overlay", "web"), StringComparison.Ordinal);
        await docker[2].RunAsync("rm", "-f", "user");
        await docker[1].RunAsync("network", "rm", "web");
        foreach (DockerClient other in docker)
        {
            await WaitAsync(other, string.Empty, "network", "ls", "-q", "--filter", "driver=overlay");
        }
    }

    [Fact]
    public async Task An_engine_on_its_own_says_that_there_is_no_cluster_for_an_overlay()
    {
        await using RunningEngine alone = await RunningEngine.StartAsync(Cancel);

        Assert.Contains("not a swarm manager", await new DockerClient(alone.SocketPath).FailAsync("network", "create", "-d", "overlay", "web"), StringComparison.Ordinal);
        Assert.NotEmpty(await new DockerClient(alone.SocketPath).RunAsync("network", "create", "-d", "bridge", "web"));   // the control
    }

    private static async Task WaitAsync(DockerClient docker, string expected, params string[] command)
    {
        Stopwatch waited = Stopwatch.StartNew();
        string last;
        while ((last = await docker.RunAsync(command)) != expected)
        {
            Assert.True(waited.Elapsed < Patience, $"it stays \"{last}\"");
            await Task.Delay(100, Cancel);
        }
    }
}

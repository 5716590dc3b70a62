using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>What a verb promises is on the disk when it returns, and it goes there once; what ends with the machine anyway does not.</summary>
[Trait("Category", "Kernel"), Trait("Feature", "ST-01")]
public sealed class DiskCommitTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Fact]
    public async Task Each_verb_goes_to_the_disk_as_often_as_it_must()
    {
        await using World world = await World.CreateAsync();
        INetwork web = await world.NetworkAsync("web");
        INetwork db = await world.NetworkAsync("db");
        ISandbox sandbox = null!;   // the first verb below makes it
        IEndpoint endpoint = null!;   // and the second

        Assert.Equal(0, await CountAsync(world, async () => sandbox = await world.SandboxAsync("c")));
        Assert.Equal(1, await CountAsync(world, async () => endpoint = await web.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel)));
        Assert.Equal(0, await CountAsync(world, () => endpoint.LeaveAsync(sandbox, Cancel)));
        Assert.Equal(0, await CountAsync(world, () => endpoint.JoinAsync(sandbox, cancellationToken: Cancel)));
        Assert.Equal(1, await CountAsync(world, () => endpoint.UpdateDnsNamesAsync(["n"], Cancel)));
        Assert.Equal(1, await CountAsync(world, () => endpoint.DeleteAsync(force: true, Cancel)));
        Assert.Equal(1, await CountAsync(world, () => web.CreateEndpointAsync(new EndpointSpec { Name = "alone" }, Cancel)));
        await web.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        await db.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
        Assert.Equal(1, await CountAsync(world, () => sandbox.DeleteAsync(Cancel)));
        Assert.Equal(1, await CountAsync(world, () => db.DeleteAsync(Cancel)));
        Assert.Equal(1, await CountAsync(world, () => world.NetworkAsync("late")));
    }

    private static async Task<int> CountAsync(World world, Func<Task> verb)
    {
        FaultyStore store = (FaultyStore)world.Store;
        int before = store.DiskCommits;
        await verb();
        return store.DiskCommits - before;
    }
}

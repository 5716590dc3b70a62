namespace LibNetwork.Tests;

[Trait("Category", "Kernel")]
public sealed class NamespaceCensusTests
{
    private const int Looks = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    // The compiler's worker, cut to the 15 characters that the kernel keeps, and the collector's. ISandbox.RunInsideAsync says why they may be inside.
    private static readonly string[] RuntimeWorkers = [".NET Tiered Com", ".NET BGC"];

    [Fact]
    public async Task After_heavy_use_no_thread_of_the_process_is_in_a_foreign_namespace()
    {
        await using (World world = await World.CreateAsync())
        {
            INetwork network = await world.NetworkAsync("web");
            await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
            {
                ISandbox sandbox = await world.SandboxAsync($"c{i}");
                await network.AttachAsync(sandbox, new EndpointSpec { Name = $"e{i}" }, cancellationToken: World.Cancel);
                await sandbox.RunInsideAsync(static () => File.ReadAllText("/proc/thread-self/net/dev"));
                await sandbox.DeleteAsync(World.Cancel);
            }));
        }

        // Other tests' windows are open for microseconds, and code of theirs that runs inside ends; a thread that was born there stays.
        HashSet<string> foreign = Foreign();
        for (int look = 0; look < Looks && foreign.Count > 0; look++)
        {
            await Task.Delay(Pause, World.Cancel);
            foreign.IntersectWith(Foreign());
        }

        Assert.Empty(foreign.Select(Name).OfType<string>().Except(RuntimeWorkers));
    }

    [Fact]
    public async Task A_thread_that_stays_inside_is_seen()
    {
        await using World world = await World.CreateAsync();
        ISandbox sandbox = await world.SandboxAsync("c");
        using ManualResetEventSlim enough = new();
        TaskCompletionSource<int> inside = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> staying = sandbox.RunInsideAsync(() => inside.TrySetResult(0) && enough.Wait(Looks * Pause * 4));
        await inside.Task;

        Assert.NotEmpty(Foreign());

        enough.Set();
        await staying;
    }

    private static HashSet<string> Foreign()
    {
        string home = Target("/proc/self/ns/net")!;   // the process's own is always readable
        return [.. Directory.GetDirectories("/proc/self/task").Where(task => Target(task + "/ns/net") is { } at && at != home)];
    }

    // A thread may end between the listing and the look.
    private static string? Target(string link) => Look(() => new FileInfo(link).LinkTarget);

    private static string? Name(string task) => Look(() => File.ReadAllText(task + "/comm").Trim());

    private static string? Look(Func<string?> look)
    {
        try
        {
            return look();
        }
        catch (IOException)
        {
            return null;
        }
    }
}

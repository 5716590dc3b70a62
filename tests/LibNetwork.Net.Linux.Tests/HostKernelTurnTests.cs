using LibNetwork.Linux.Tests.Support;

namespace LibNetwork.Linux.Tests;

/// <summary>Whose turn it is, and on which thread.</summary>
[Trait("Category", "Kernel")]
public sealed class HostKernelTurnTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_finds_nobody_before_it_runs_at_once_on_the_callers_thread()
    {
        await using TestHost host = TestHost.Open();
        await Task.Run(
            () =>
            {
                ValueTask<int> work = host.Kernel.RunAsync(static (_, _) => Environment.CurrentManagedThreadId, 0, Cancel);
                Assert.True(work.IsCompletedSuccessfully);
                Assert.Equal(Environment.CurrentManagedThreadId, work.Result);
            },
            Cancel);
    }

    [Fact]
    public async Task Work_that_finds_somebody_before_it_waits_its_turn_and_blocks_nobody()
    {
        await using TestHost host = TestHost.Open();
        using ManualResetEventSlim begun = new(), go = new();
        List<int> order = [];
        Task first = Task.Run(
            async () => await host.Kernel.RunAsync(
                (_, _) =>
                {
                    begun.Set();
                    go.Wait(Cancel);
                    order.Add(0);
                    return 0;
                },
                0,
                Cancel),
            Cancel);
        begun.Wait(Cancel);

        Task<int>[] others = [.. Enumerable.Range(1, 5).Select(number => host.Kernel.RunAsync(
            (_, _) =>
            {
                order.Add(number);
                return Environment.CurrentManagedThreadId;
            },
            0,
            Cancel).AsTask())];
        Assert.DoesNotContain(others, static other => other.IsCompleted);
        go.Set();
        await first;

        int[] threads = await Task.WhenAll(others);
        Assert.Equal([0, 1, 2, 3, 4, 5], order);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task Work_that_fails_leaves_the_turn_to_the_next()
    {
        await using TestHost host = TestHost.Open();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await Task.Run(
            async () => await host.Kernel.RunAsync<int, int>(static (_, _) => throw new InvalidTimeZoneException(), 0, Cancel), Cancel));
        Assert.Equal(1, await host.Kernel.RunAsync(static (_, _) => 1, 0, Cancel));
    }

    [Fact]
    public async Task A_token_cancels_only_work_that_has_not_begun()
    {
        await using TestHost host = TestHost.Open();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await Task.Run(
            async () => await host.Kernel.RunAsync(static (_, _) => 1, 0, new CancellationToken(canceled: true)), Cancel));
    }
}

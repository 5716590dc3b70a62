using LibNetwork.Drivers;
using Xunit;

namespace LibNetwork.Testing;

public abstract partial class NetworkDriverConformance
{
    [Fact]
    public async Task A_creation_that_fails_at_any_request_leaves_nothing_and_can_be_repeated()
    {
        IReadOnlyList<string> before = await Host.SnapshotAsync();
        await ForEachRequestAsync(
            before,
            async () => await Driver.CreateNetworkAsync(NewNetwork(1), Cancel),
            async () => await DeleteNetworkAsync(NewNetwork(1).Id));
    }

    [Fact]
    public async Task A_join_that_fails_at_any_request_leaves_nothing_and_can_be_repeated()
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        IReadOnlyList<string> before = await Host.SnapshotAsync();
        await ForEachRequestAsync(
            before,
            async () => await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel),
            async () => await Driver.LeaveAsync(endpoint.NetworkId, endpoint.Id, Cancel));
    }

    [Fact]
    public async Task A_removal_that_fails_at_any_request_is_finished_by_the_next()
    {
        IReadOnlyList<string> before = await WithFirstNetworkGoneAsync();
        for (int target = 0; ; target++)
        {
            DriverSandbox sandbox = await Host.CreateSandboxAsync($"a{target}");
            DriverEndpointRequest endpoint = await CreateAsync();
            await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);

            Host.Faults.Arm(target);
            Exception? failure = await TryAsync(() => DeleteAsync(endpoint));
            string? refused = Host.Faults.Refused;
            Host.Faults.Arm();
            if (failure is not null)
            {
                await DeleteAsync(endpoint);
            }

            await Host.RemoveSandboxAsync(sandbox);
            AssertSame(before, await Host.SnapshotAsync(), $"\"{refused}\" was refused with {failure}");
            if (refused is null)
            {
                Assert.Null(failure);
                return;
            }
        }
    }

    [Fact]
    public async Task A_cancelled_join_changes_nothing()
    {
        DriverSandbox sandbox = await Host.CreateSandboxAsync("a");
        DriverEndpointRequest endpoint = await CreateAsync();
        IReadOnlyList<string> before = await Host.SnapshotAsync();

        await TryAsync(async () => await Driver.JoinAsync(JoinOf(endpoint, sandbox), new CancellationToken(canceled: true)));

        AssertSame(before, await Host.SnapshotAsync(), "a cancelled join");
        await Driver.JoinAsync(JoinOf(endpoint, sandbox), Cancel);   // the control: it can join
    }

    /// <summary>Lets each request of a call fail in turn, until there is none left that could; each time nothing of the call may be left.</summary>
    private async Task ForEachRequestAsync(IReadOnlyList<string> before, Func<Task> call, Func<Task> undo)
    {
        for (int target = 0; ; target++)
        {
            Host.Faults.Arm(target);
            Exception? failure = await TryAsync(call);
            string? refused = Host.Faults.Refused;
            Host.Faults.Arm();
            if (failure is not null)
            {
                AssertSame(before, await Host.SnapshotAsync(), $"\"{refused}\" was refused");
                await call();   // and now it works
            }

            await undo();
            AssertSame(before, await Host.SnapshotAsync(), "undoing it");
            if (refused is null)
            {
                Assert.Null(failure);
                return;
            }
        }
    }
}

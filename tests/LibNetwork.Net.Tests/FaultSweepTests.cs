using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Fails each kernel request of each verb in turn, and cancels at each, and compares the whole kernel state with the state before.</summary>
[Trait("Category", "Kernel")]
public sealed class FaultSweepTests
{
    private static CancellationToken Cancel => World.Cancel;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_network_that_is_not_created_leaves_nothing(bool cancel)
        => await SweepAsync(
            cancel,
            static _ => Task.CompletedTask,
            static (world, token) => world.Controller.CreateNetworkAsync(Dual("web"), token),
            static world => world.Controller.GetNetwork("web").DeleteAsync(Cancel));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_network_without_ICC_that_is_not_created_leaves_nothing(bool cancel)
        => await SweepAsync(
            cancel,
            static _ => Task.CompletedTask,
            static (world, token) => world.Controller.CreateNetworkAsync(WithoutIcc("web"), token),
            static world => world.Controller.GetNetwork("web").DeleteAsync(Cancel));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sandbox_that_is_not_created_leaves_nothing(bool cancel)
        => await SweepAsync(
            cancel,
            static _ => Task.CompletedTask,
            static (world, token) => world.Controller.CreateSandboxAsync(new SandboxSpec { ContainerId = "c" }, token),
            static world => world.Controller.DeleteSandboxAsync("c", Cancel));

    [Theory, Trait("Feature", "CN-19")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endpoint_that_does_not_join_leaves_nothing(bool cancel)
        => await SweepAsync(
            cancel,
            static async world =>
            {
                await world.Controller.CreateNetworkAsync(WithoutIcc("web"), Cancel);
                await world.SandboxAsync("c");
            },
            static (world, token) => world.Controller.GetNetwork("web").AttachAsync(
                world.Controller.GetSandbox("c"), new EndpointSpec { Name = "e" }, cancellationToken: token),
            static world => world.Controller.GetNetwork("web").GetEndpoint("e").DeleteAsync(force: true, Cancel));

    [Fact, Trait("Feature", "CN-18")]
    public async Task A_deletion_that_fails_anywhere_is_finished_by_the_next()
    {
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(world.Host);
        for (int target = 0; ; target++)
        {
            INetwork network = await world.Controller.CreateNetworkAsync(WithoutIcc("web"), Cancel);
            ISandbox sandbox = await world.SandboxAsync("c");
            IEndpoint endpoint = await network.AttachAsync(sandbox, new EndpointSpec { Name = "e" }, cancellationToken: Cancel);
            faults.Arm(target);
            bool failed = await FailsAsync(() => endpoint.DeleteAsync(force: true, Cancel));
            failed |= await FailsAsync(() => network.DeleteAsync(Cancel));
            bool wasHit = faults.Hit is not null;
            string? hit = faults.Hit;
            faults.Arm();

            Assert.Equal(wasHit, failed);
            await FailsAsync(() => endpoint.DeleteAsync(force: true, Cancel));
            await sandbox.DeleteAsync(Cancel);
            if (world.Controller.TryGetNetwork("web", out INetwork? left))
            {
                await left.DeleteAsync(Cancel);
            }

            await world.Controller.DrainAsync();
            IReadOnlyList<string> after = await KernelSnapshot.TakeAsync(world.Host);
            Assert.True(before.SequenceEqual(after), $"after failing {hit}: {string.Join("; ", before.Except(after).Concat(after.Except(before)))}");
            if (!wasHit)
            {
                return;
            }
        }
    }

    private static NetworkSpec Dual(string name) => new() { Name = name, EnableIPv6 = true };

    private static NetworkSpec WithoutIcc(string name)
        => Dual(name) with { Options = new Dictionary<string, string> { ["com.docker.network.bridge.enable_icc"] = "false" } };

    private static async Task<bool> FailsAsync(Func<Task> verb)
    {
        try
        {
            await verb();
            return false;
        }
        catch (Exception exception) when (exception is NetworkException or AggregateException)
        {
            return true;
        }
    }

    private static async Task SweepAsync(
        bool cancel, Func<World, Task> prepare, Func<World, CancellationToken, Task> verb, Func<World, Task> undo)
    {
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults);
        await prepare(world);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(world.Host);
        for (int target = 0; ; target++)
        {
            using CancellationTokenSource source = new();
            faults.Arm(target, cancel ? source : null);
            Exception? failure = await Record.ExceptionAsync(() => verb(world, source.Token));
            string? hit = faults.Hit;
            faults.Arm();
            if (failure is null)
            {
                await undo(world);
            }
            else
            {
                Assert.True(cancel ? failure is OperationCanceledException : failure is NetworkException, $"{hit} gave {failure}");
            }

            await world.Controller.DrainAsync();
            IReadOnlyList<string> after = await KernelSnapshot.TakeAsync(world.Host);
            Assert.True(before.SequenceEqual(after), $"after {hit}: {string.Join("; ", before.Except(after).Concat(after.Except(before)))}");
            if (hit is null)
            {
                return;   // the verb has no request of that number: all have been hit
            }

            Assert.True(cancel || failure is not null, $"failing {hit} went unnoticed");
        }
    }
}

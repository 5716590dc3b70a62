using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>Restoring fails, or is cancelled, at each point in turn: the next process must find everything as it was.</summary>
[Trait("Category", "Kernel")]
public sealed class RestoreSweepTests
{
    private const int FewestPoints = 20;

    [Theory, Trait("Feature", "ST-05")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_fails_the_next_process_restores_everything(bool cancel)
    {
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults);
        await RestoreTests.SettleAsync(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        IReadOnlyList<string> rulesBefore = await RulesAsync(world);
        for (int target = 0; ; target++)
        {
            using CancellationTokenSource source = new();
            faults.Arm(target, cancel ? source : null);
            RestoreReport? report = null;
            Exception? failure = await Record.ExceptionAsync(async () => report = await world.RestartAsync(cancellation: source));
            string? hit = faults.Hit;
            faults.Arm();
            IReadOnlyList<string> rulesAfter = await RulesAsync(world);
            Assert.True(rulesBefore.SequenceEqual(rulesAfter), $"\"{hit}\" changed the protection of what lives: {string.Join(" | ", rulesBefore.Except(rulesAfter))}");

            RestoreReport next = await world.RestartAsync();

            Assert.True(next.Failures.Count == 0, $"after \"{hit}\": {string.Join(", ", next.Failures)}");
            WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), $"\"{hit}\" with {failure}");
            if (hit is null)
            {
                Assert.True(target >= FewestPoints, $"only {target} points were seen");
                return;
            }

            Assert.True(cancel || failure is NetworkException || report!.Failures.Count > 0, $"\"{hit}\" went unnoticed: {failure}");
        }
    }

    private static async Task<IReadOnlyList<string>> RulesAsync(World world)
        => [.. (await KernelSnapshot.TakeAsync(world.Host)).Where(static line => line.StartsWith("nft ", StringComparison.Ordinal))];
}

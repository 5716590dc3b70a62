using LibNetwork.TestSupport;

namespace LibNetwork.Tests;

/// <summary>
/// Fails each verb at each kernel request, store write and IPAM call in turn, and cancels it at each, and compares the whole state
/// with the state before.
/// </summary>
[Trait("Category", "Kernel")]
public sealed class FaultSweepTests
{
    private const int FewestPoints = 2;

    public static TheoryData<string, bool> Creating => Data(CreatingVerbs.All.Keys);

    public static TheoryData<string, bool> Removing => Data(RemovingVerbs.All.Keys);

    [Theory, MemberData(nameof(Creating)), Trait("Feature", "CN-06"), Trait("Feature", "CN-11"), Trait("Feature", "CN-19")]
    public async Task A_verb_that_fails_anywhere_leaves_nothing(string situation, bool cancel)
    {
        CreatingVerb verb = CreatingVerbs.All[situation];
        Func<World, Task<IReadOnlyList<string>>> take = verb.Rejoins ? WorldSnapshot.TakeWithoutCableNamesAsync : WorldSnapshot.TakeAsync;
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults, new FakeNetworkDriver());
        await verb.Prepare(world);
        IReadOnlyList<string> before = await take(world);
        for (int target = 0; ; target++)
        {
            (Exception? failure, string? hit) = await TryAsync(faults, target, cancel, token => verb.Act(world, token));
            await Census.AssertNothingIsForgottenAsync(world, hit);
            if (failure is null && verb.Undo is null)
            {
                Assert.True(target >= FewestPoints, $"only {target} points were seen");
                return;
            }

            await Census.AssertAgreesAsync(world, hit);
            if (failure is null)
            {
                await verb.Undo!(world);   // looked at above
            }

            await ForgetGatewayNetworkAsync(world, before);
            WorldSnapshot.AssertEqual(before, await take(world), $"\"{hit}\" with {failure}");
            if (hit is null)
            {
                Assert.True(target >= FewestPoints, $"only {target} points were seen");
                return;   // the verb has no point of that number: all have been hit
            }

            Assert.True(cancel || failure is not null, $"\"{hit}\" went unnoticed");
        }
    }

    [Theory, MemberData(nameof(Removing)), Trait("Feature", "CN-18")]
    public async Task A_removal_that_fails_anywhere_is_finished_by_the_next(string situation, bool cancel)
    {
        RemovingVerb verb = RemovingVerbs.All[situation];
        FaultInjector faults = new();
        await using World world = await World.CreateAsync(faults);
        await verb.Prepare(world);
        IReadOnlyList<string> before = await WorldSnapshot.TakeAsync(world);
        for (int target = 0; ; target++)
        {
            await verb.Make(world);
            (Exception? failure, string? hit) = await TryAsync(faults, target, cancel, token => verb.Act(world, token));
            await Census.AssertNothingIsForgottenAsync(world, hit);
            if (failure is not null)
            {
                await verb.Act(world, World.Cancel);
            }

            await Census.AssertAgreesAsync(world, hit);
            WorldSnapshot.AssertEqual(before, await WorldSnapshot.TakeAsync(world), $"\"{hit}\" with {failure}");
            if (hit is null)
            {
                Assert.True(target >= FewestPoints, $"only {target} points were seen");
                return;
            }

            Assert.True(cancel || failure is not null, $"\"{hit}\" went unnoticed");
        }
    }

    [Fact]
    public void Every_verb_is_swept()
    {
        IEnumerable<string> verbs =
            from type in new[] { typeof(INetworkController), typeof(INetwork), typeof(IEndpoint), typeof(ISandbox) }
            from method in type.GetMethods()
            where method.ReturnType.IsAssignableTo(typeof(Task)) && method.GetParameters().LastOrDefault()?.ParameterType == typeof(CancellationToken)
            select $"{type.Name}.{method.Name}";
        string[] reading =
        [
            $"{nameof(ISandbox)}.{nameof(ISandbox.GetStatisticsAsync)}",
            $"{nameof(INetwork)}.{nameof(INetwork.GetPoolUsageAsync)}",
            $"{nameof(INetworkController)}.{nameof(INetworkController.DiagnoseAsync)}",
            $"{nameof(INetworkController)}.{nameof(INetworkController.ExplainAsync)}",
            $"{nameof(INetworkController)}.{nameof(INetworkController.GetFirewallScriptAsync)}",
        ];
        string[] sweptElsewhere = [$"{nameof(INetworkController)}.{nameof(INetworkController.RestoreAsync)}"];   // RestoreSweepTests

        IEnumerable<string> swept = CreatingVerbs.All.Values.Select(verb => verb.Verb).Concat(RemovingVerbs.All.Values.Select(verb => verb.Verb));

        Assert.Empty(verbs.Except(swept).Except(reading).Except(sweptElsewhere));
    }

    private static TheoryData<string, bool> Data(IEnumerable<string> situations)
    {
        TheoryData<string, bool> data = [];
        foreach (string situation in situations)
        {
            data.Add(situation, false);
            data.Add(situation, true);
        }

        return data;
    }

    private static async Task<(Exception? Failure, string? Hit)> TryAsync(FaultInjector faults, int target, bool cancel, Func<CancellationToken, Task> act)
    {
        using CancellationTokenSource source = new();
        faults.Arm(target, cancel ? source : null);
        Exception? failure = await Record.ExceptionAsync(() => act(source.Token));
        string? hit = faults.Hit;
        faults.Arm();
        Assert.True(IsExpected(failure, cancel), $"\"{hit}\" gave {failure}");
        return (failure, hit);
    }

    private static bool IsExpected(Exception? failure, bool cancel) => failure switch
    {
        null => true,
        OperationCanceledException => cancel,
        AggregateException many => !cancel && many.InnerExceptions.All(one => IsExpected(one, cancel)),
        _ => !cancel && failure is NetworkException,
    };

    /// <summary>The automatic gateway network stays for the next sandbox that needs it.</summary>
    private static async Task ForgetGatewayNetworkAsync(World world, IReadOnlyList<string> before)
    {
        if (!before.Contains("object docker_gwbridge") && world.Controller.TryGetNetwork("docker_gwbridge", out INetwork? network))
        {
            await network.DeleteAsync(World.Cancel);
        }
    }
}

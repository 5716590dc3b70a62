using System.Globalization;
using LibNetwork.Probe.Crash;
using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>
/// A process is killed at each step of each verb. The next one takes up what it left: nothing has leaked, the addresses are those of the
/// living, and the verb has happened wholly or not at all.
/// </summary>
[Trait("Category", "Kernel")]
public sealed class CrashSweepTests
{
    private const int Killed = 128 + 9;
    private const int AtOnce = 4;   // situations that are swept at the same time
    private const int FewestSteps = 2;
    private const int Never = -1, Always = int.MaxValue;

    private static readonly SemaphoreSlim Places = new(AtOnce);

    public static TheoryData<string> Verbs => [.. Situations.All.Keys.Where(name => name != "storm")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Feature", "CN-08"), Trait("Feature", "ST-05"), Trait("Feature", "ST-06")]
    public async Task Whenever_a_verb_is_killed_the_next_process_finds_it_whole_or_absent()
    {
        string[] wrong = [.. (await Task.WhenAll(Verbs.Select(verb => SweepAsync(verb.Data)))).SelectMany(lines => lines)];

        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Take(100)));
    }

    /// <summary>The control: the comparison sees what a kill leaves, and it is recovery that removes it.</summary>
    [Theory]
    [InlineData("attach-and-become-gateway")]
    [InlineData("delete-sandbox")]
    [InlineData("create-closed-network")]
    public async Task Without_recovery_kills_leave_something(string verb)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        Life first = await LiveAsync(host, verb, Never, Never + 1);
        int leaks = 0;
        List<string> wrong = [];
        for (int step = 1; ; step += 3)
        {
            Life killed = await LiveAsync(host, verb, Never, step);
            wrong.AddRange(killed.Wrong(first));
            if (!killed.IsKilled)
            {
                break;
            }

            leaks += (await RunAsync("look", host.Folder)).Left(first).Any() ? 1 : 0;
        }

        Assert.True(leaks > 0, "a kill left nothing at any step");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(100)));
    }

    [Theory, Trait("Feature", "ST-05")]
    [InlineData("attach-and-become-gateway")]
    [InlineData("delete-sandbox")]
    [InlineData("create-closed-network")]
    public async Task Whenever_restoring_is_killed_the_next_process_restores(string verb)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        Life first = await LiveAsync(host, verb, Never, Never + 1);
        List<string> wrong = [];
        for (int restoreStep = 0; ; restoreStep++)
        {
            await LiveAsync(host, verb, Never, verbStep: 9);   // dies in the middle
            Life restoring = await LiveAsync(host, verb, restoreStep, Always);
            Life next = restoring.IsKilled ? await LiveAsync(host, verb, Never, Always) : restoring;
            wrong.AddRange(next.Wrong(first).Select(line => $"{verb}, restoring killed at {restoreStep}: {line}"));
            if (!restoring.IsKilled)
            {
                Assert.True(restoreStep >= FewestSteps, $"only {restoreStep} steps");
                break;
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(100)));
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task Whenever_a_storm_of_containers_is_killed_none_leaves_anything()
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        Life first = await LiveAsync(host, "storm", Never, verbStep: 0);
        List<string> wrong = [];
        for (int step = 40; step < 2400; step += 151)   // some hundred verbs are under way or done by then
        {
            Life killed = await LiveAsync(host, "storm", Never, step);
            Assert.True(killed.IsKilled, $"the storm was over before step {step}: {killed.Output}");
            Life next = await LiveAsync(host, "storm", Never, verbStep: 0);
            wrong.AddRange(next.Wrong(first).Select(line => $"storm, killed at {step}: {line}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(100)));
    }

    /// <summary>Kills the verb at each of its steps; each life first looks at what the last one left.</summary>
    private static async Task<List<string>> SweepAsync(string verb)
    {
        await Places.WaitAsync(Cancel);
        try
        {
            using TestHost host = await TestHost.CreateAsync(forwards: true);
            List<string> wrong = [];
            Life? first = null;
            for (int step = 0; ; step++)
            {
                Life life = await LiveAsync(host, verb, Never, step);
                first ??= life;
                wrong.AddRange(life.Wrong(first).Select(line => $"{verb}, killed at {step - 1}: {line}"));
                if (!life.IsKilled)
                {
                    Life last = await LiveAsync(host, verb, Never, Always);   // looks at what a whole verb left
                    wrong.AddRange(last.Wrong(first).Select(line => $"{verb}, not killed: {line}"));
                    wrong.AddRange(step < FewestSteps ? [$"{verb} has only {step} steps"] : []);
                    return wrong;
                }
            }
        }
        finally
        {
            Places.Release();
        }
    }

    private static Task<Life> LiveAsync(TestHost host, string verb, int restoreStep, int verbStep) => RunAsync(
        "crash", host.Folder, verb, restoreStep.ToString(CultureInfo.InvariantCulture), verbStep.ToString(CultureInfo.InvariantCulture));

    private static async Task<Life> RunAsync(params string[] arguments)
    {
        string? native = NativeProbe.IsPossible ? (await NativeProbe.GetAsync()).Program : null;
        (int exitCode, string output) = native is null
            ? await Command.RunAsync("dotnet", [Visit.Program, .. arguments])
            : await Command.RunAsync(native, arguments);
        return new Life(exitCode, output);
    }

    private sealed record Life(int ExitCode, string Output)
    {
        public bool IsKilled => ExitCode == Killed;

        private string[] State { get; } = [.. Output.Split('\n').Where(line => line.StartsWith("is: ", StringComparison.Ordinal))];

        /// <summary>What is there that was not in a life before.</summary>
        public IEnumerable<string> Left(Life first) => State.Except(first.State);

        public IEnumerable<string> Wrong(Life first)
        {
            string[] complaints = [.. Output.Split('\n').Where(line => line.StartsWith("wrong: ", StringComparison.Ordinal))];
            return ExitCode is 0 or Killed
                ? complaints.Concat(first.State.Except(State).Select(line => $"lost {line}")).Concat(Left(first).Select(line => $"left {line}"))
                : [$"ended with {ExitCode}: {Output}"];
        }
    }
}

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
    // Situations that are swept at the same time: they wait for the kernel more than they work. A storm works.
    private const int AtOnce = 8, StormsAtOnce = 2;

    public static TheoryData<string> Verbs => [.. Situations.All.Keys.Where(name => name != "storm")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact, Trait("Feature", "CN-08"), Trait("Feature", "ST-05"), Trait("Feature", "ST-06")]
    public async Task Whenever_a_verb_is_killed_the_next_process_finds_it_whole_or_absent()
    {
        string[] wrong = await SweepAllAsync(inStorm: false, AtOnce);

        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Take(100)));
    }

    [Fact, Trait("Feature", "ST-05")]
    public async Task Whenever_a_verb_is_killed_while_containers_come_and_go_the_next_process_finds_it_whole_or_absent()
    {
        string[] wrong = await SweepAllAsync(inStorm: true, StormsAtOnce);

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
        CrashLife first = await CrashLife.LiveAsync(host, verb, CrashLife.Never, CrashLife.Never + 1);
        int leaks = 0;
        List<string> wrong = [];
        for (int step = 1; ; step += 3)
        {
            CrashLife killed = await CrashLife.LiveAsync(host, verb, CrashLife.Never, step);
            wrong.AddRange(killed.Wrong(first));
            if (!killed.IsKilled)
            {
                break;
            }

            leaks += (await CrashLife.LookAsync(host)).Left(first).Any() ? 1 : 0;
        }

        Assert.True(leaks > 0, "a kill left nothing at any step");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(100)));
    }

    private static async Task<string[]> SweepAllAsync(bool inStorm, int atOnce)
    {
        using SemaphoreSlim places = new(atOnce);
        return [.. (await Task.WhenAll(Verbs.Select(verb => SweepAsync(verb.Data, inStorm, places)))).SelectMany(lines => lines)];
    }

    /// <summary>Kills the verb at each of its steps; each life first looks at what the last one left.</summary>
    private static async Task<List<string>> SweepAsync(string verb, bool inStorm, SemaphoreSlim places)
    {
        await places.WaitAsync(Cancel);
        try
        {
            using TestHost host = await TestHost.CreateAsync(forwards: true);
            List<string> wrong = [];
            CrashLife? first = null;
            for (int step = 0; ; step++)
            {
                CrashLife life = await CrashLife.LiveAsync(host, verb, CrashLife.Never, step, inStorm);
                first ??= life;
                wrong.AddRange(life.Wrong(first).Select(line => $"{verb}, killed at {step - 1}: {line}"));
                if (!life.IsKilled)
                {
                    CrashLife last = await CrashLife.LiveAsync(host, verb, CrashLife.Never, CrashLife.Always);   // looks at what a whole verb left
                    wrong.AddRange(last.Wrong(first).Select(line => $"{verb}, not killed: {line}"));
                    wrong.AddRange(inStorm && !life.Output.Contains("\nstorm: ", StringComparison.Ordinal) ? [$"{verb} saw no storm"] : []);
                    wrong.AddRange(step < CrashLife.FewestSteps ? [$"{verb} has only {step} steps"] : []);
                    return wrong;
                }
            }
        }
        finally
        {
            places.Release();
        }
    }
}

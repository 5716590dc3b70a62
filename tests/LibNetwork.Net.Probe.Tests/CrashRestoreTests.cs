using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>A process is killed at each step of restoring what another one left when it was killed.</summary>
[Trait("Category", "Kernel")]
public sealed class CrashRestoreTests
{
    [Theory, Trait("Feature", "ST-05")]
    [InlineData("attach-and-become-gateway")]
    [InlineData("delete-sandbox")]
    [InlineData("create-closed-network")]
    public async Task Whenever_restoring_is_killed_the_next_process_restores(string verb)
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        CrashLife first = await CrashLife.LiveAsync(host, verb, CrashLife.Never, CrashLife.Never + 1);
        List<string> wrong = [];
        for (int restoreStep = 0; ; restoreStep++)
        {
            await CrashLife.LiveAsync(host, verb, CrashLife.Never, verbStep: 9);   // dies in the middle
            CrashLife restoring = await CrashLife.LiveAsync(host, verb, restoreStep, CrashLife.Always);
            CrashLife next = restoring.IsKilled ? await CrashLife.LiveAsync(host, verb, CrashLife.Never, CrashLife.Always) : restoring;
            wrong.AddRange(next.Wrong(first).Select(line => $"{verb}, restoring killed at {restoreStep}: {line}"));
            if (!restoring.IsKilled)
            {
                Assert.True(restoreStep >= CrashLife.FewestSteps, $"only {restoreStep} steps");
                break;
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(100)));
    }
}

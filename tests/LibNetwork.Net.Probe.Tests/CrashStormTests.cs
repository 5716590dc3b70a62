using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>A process is killed while containers come and go.</summary>
[Trait("Category", "Kernel")]
public sealed class CrashStormTests
{
    [Fact, Trait("Feature", "ST-05")]
    public async Task Whenever_a_storm_of_containers_is_killed_none_leaves_anything()
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        CrashLife first = await CrashLife.LiveAsync(host, "storm", CrashLife.Never, verbStep: 0);
        List<string> wrong = [];
        for (int step = 40; step < 2400; step += 151)   // some hundred verbs are under way or done by then
        {
            CrashLife killed = await CrashLife.LiveAsync(host, "storm", CrashLife.Never, step);
            Assert.True(killed.IsKilled, $"the storm was over before step {step}: {killed.Output}");
            CrashLife next = await CrashLife.LiveAsync(host, "storm", CrashLife.Never, verbStep: 0);
            wrong.AddRange(next.Wrong(first).Select(line => $"storm, killed at {step}: {line}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(100)));
    }
}

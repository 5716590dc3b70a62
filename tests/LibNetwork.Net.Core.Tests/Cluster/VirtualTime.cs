using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Waits in a clock's time: what the nodes do in the background takes some of it.</summary>
internal static class VirtualTime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(this FakeTimeProvider clock, Func<bool> condition, Func<string?>? problem = null)
    {
        for (int step = 0; !condition(); step++)
        {
            if (step >= 5000)
            {
                Assert.Fail(problem?.Invoke() ?? "what was waited for does not happen");
            }

            clock.Advance(Step);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}

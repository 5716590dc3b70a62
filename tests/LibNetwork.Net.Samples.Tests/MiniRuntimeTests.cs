namespace LibNetwork.Samples.Tests;

[Trait("Category", "Kernel")]
public sealed class MiniRuntimeTests
{
    private const int Interrupted = 130;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demo_proves_all_its_claims_and_leaves_nothing()
    {
        using MiniRuntime demo = MiniRuntime.Start("demo");

        int exitCode = await demo.WaitAsync(Cancel);

        Assert.True(exitCode == 0, demo.Output);
        Assert.Empty(demo.Leftovers());
    }

    [Theory]
    [InlineData("create network web")]
    [InlineData("start container backend-1")]
    [InlineData("web-3 → web-1, IPv4")]
    [InlineData("outside → web-1, IPv6")]
    [InlineData("Nothing is left behind")]
    public async Task A_demo_that_is_interrupted_cleans_up_and_says_so(string line)
    {
        using MiniRuntime demo = MiniRuntime.Start("demo");
        await demo.WaitForLineAsync(line, Cancel);

        await demo.InterruptAsync(Cancel);
        await demo.InterruptAsync(Cancel);   // an impatient user
        int exitCode = await demo.WaitAsync(Cancel);

        Assert.True(exitCode == (line == "Nothing is left behind" ? 0 : Interrupted), demo.Output);   // then all was done already
        Assert.Empty(demo.Leftovers());
    }

    [Fact]
    public async Task A_world_that_was_kept_is_there_until_it_is_cleaned()
    {
        using MiniRuntime demo = MiniRuntime.Start("demo", "--keep");
        int exitCode = await demo.WaitAsync(Cancel);
        string[] kept = [.. demo.Leftovers()];
        using MiniRuntime clean = demo.StartAnother("clean", demo.Worlds().Single());

        int cleaned = await clean.WaitAsync(Cancel);

        Assert.True(exitCode == 0, demo.Output);
        Assert.NotEmpty(kept);
        Assert.True(cleaned == 0, clean.Output);
        Assert.Empty(demo.Leftovers());
    }
}

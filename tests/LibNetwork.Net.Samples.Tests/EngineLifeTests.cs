namespace LibNetwork.Samples.Tests;

[Trait("Category", "Kernel")]
public sealed class EngineLifeTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_that_is_told_to_stop_does_so_at_once_although_somebody_listens()
    {
        await using RunningEngine engine = await RunningEngine.StartAsync(Cancel);
        using Stream events = await engine.Client.GetStreamAsync("/events", Cancel);
        using StreamReader told = new(events);

        int exitCode = await engine.EndAsync("TERM", Cancel).WaitAsync(Quick, Cancel);

        Assert.Equal(0, exitCode);
        Assert.Null(await told.ReadLineAsync(Cancel));
        Assert.False(File.Exists(engine.SocketPath));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task The_next_engine_serves_on_the_socket_that_one_left(string signal)
    {
        await using RunningEngine engine = await RunningEngine.StartAsync(Cancel);
        await engine.CreateNetworkAsync("""{"Name":"cfg","ConfigOnly":true,"Labels":{"a":"b"}}""", Cancel);
        await engine.EndAsync(signal, Cancel);

        await engine.StartAgainAsync(Cancel);

        Assert.Equal(["bridge", "cfg", "host", "none"], await engine.NetworkNamesAsync("{}", Cancel));
        Assert.Equal(["cfg"], await engine.NetworkNamesAsync("""{"label":["a=b"]}""", Cancel));
    }
}

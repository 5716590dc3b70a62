namespace LibNetwork.Samples.Tests;

/// <summary>One engine for the tests of a class.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    public RunningEngine Engine { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Engine = await RunningEngine.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}

using LibNetwork.Cluster;
using LibNetwork.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>Each write of each verb fails in turn, before or after it happened, and so does everything after it, as when the process dies there.</summary>
public sealed class ClusterNetworkFaultTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SharedStore _store;
    private readonly ClusterEngine _one;
    private readonly ClusterEngine _other;

    public ClusterNetworkFaultTests()
    {
        _store = new SharedStore(_clock);
        (_one, _other) = (new ClusterEngine(_store, _clock, "one"), new ClusterEngine(_store, _clock, "other"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _one.StartAsync();
        await _other.StartAsync();
        await _one.Node.JoinAsync(Cancel);
        await _other.Node.JoinAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory, Trait("Feature", "CL-13")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_creation_that_fails_anywhere_leaves_nothing_on_any_node(bool dies)
    {
        int points = 0;
        for (bool isHit = true; isHit; points++)
        {
            (isHit, bool happened) = await FailAsync(points, dies, () => _one.CreateAsync("web"));

            await _clock.UntilAsync(Agree);
            Assert.True(dies || happened == _one.Find("web") is not null, $"at point {points}");
            await DeleteAsync();
        }

        Assert.True(points > 8, $"only {points} points");
    }

    [Theory, Trait("Feature", "CL-13")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deletion_that_fails_anywhere_leaves_the_whole_network_or_nothing(bool dies)
    {
        int points = 0;
        for (bool isHit = true; isHit; points++)
        {
            await _one.CreateAsync("web");
            await _clock.UntilAsync(Agree);
            (isHit, bool happened) = await FailAsync(points, dies, () => _one.Find("web")!.DeleteAsync(Cancel));

            await _clock.UntilAsync(Agree);
            Assert.True(!happened || _one.Find("web") is null, $"at point {points}");
            if (_other.Find("web") is { } whole)
            {
                Task<IEndpoint> making = whole.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel);
                await _clock.UntilAsync(() => making.IsCompleted);
                await (await making).DeleteAsync(cancellationToken: Cancel);
            }

            await DeleteAsync();
        }

        Assert.True(points > 4, $"only {points} points");
    }

    [Theory, Trait("Feature", "CL-13")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_first_endpoint_that_fails_anywhere_keeps_nobody_from_deleting_the_network(bool dies)
    {
        int points = 0;
        for (bool isHit = true; isHit; points++)
        {
            await _other.CreateAsync("web");
            await _clock.UntilAsync(Agree);
            (isHit, bool happened) = await FailAsync(points, dies, () => _one.Find("web")!.CreateEndpointAsync(new EndpointSpec { Name = "e" }, Cancel));

            Assert.True(dies || happened == _one.Find("web")!.TryGetEndpoint("e", out _), $"at point {points}");
            if (_one.Find("web")!.TryGetEndpoint("e", out IEndpoint? made))
            {
                await made.DeleteAsync(cancellationToken: Cancel);
            }

            await _clock.UntilAsync(() => !_store.Entries.Any(static entry => entry.Key.StartsWith("cluster/v1/members/", StringComparison.Ordinal)));
            await DeleteAsync();
        }

        Assert.True(points > 4, $"only {points} points");
    }

    /// <summary>Carries out a verb that fails at one write; or its process dies there, and the next begins when all is lost that the last one held.</summary>
    private async Task<(bool IsHit, bool Happened)> FailAsync(int point, bool dies, Func<Task> verb)
    {
        _one.Faults.Arm(point, lasts: dies);
        Task running = verb();
        await _clock.UntilAsync(() => running.IsCompleted);
        bool isHit = _one.Faults.Hit is not null;
        if (dies)
        {
            await _one.EndAsync();
            _one.Faults.Arm();
            RestoreReport report = await _one.StartAsync();
            Assert.Empty(report.Failures);
            await _one.Node.JoinAsync(Cancel);
        }

        _one.Faults.Arm();
        return (isHit, running.IsCompletedSuccessfully);
    }

    private async Task DeleteAsync()
    {
        if (_other.Find("web") is { } there)
        {
            await there.DeleteAsync(Cancel);
        }

        await _clock.UntilAsync(() => _one.Find("web") is null && Agree());
        _clock.Advance(ClusterHost.Holding + SharedStore.Grace);   // what a process took with it that died
        await _clock.UntilAsync(() => Rest().Length == 0);
        await _clock.UntilAsync(() => _one.Networks.Networks.IsEmpty && _other.Networks.Networks.IsEmpty);
        Assert.Empty(await _one.Own.ListAsync("libnetwork/v1/network/", Cancel));
    }

    private bool Agree()
    {
        string[] there = [.. _store.Entries.Where(static entry => entry.Key.StartsWith(ClusterKeys.Networks, StringComparison.Ordinal)).Select(static entry => entry.Key[ClusterKeys.Networks.Length..])];
        return new[] { _one, _other }.All(engine => engine.Controller.Networks.Select(static network => network.Id.Value).Order(StringComparer.Ordinal).SequenceEqual(there));
    }

    private string[] Rest()
        => [.. _store.Entries.Select(static entry => entry.Key).Where(static key => !key.StartsWith(ClusterKeys.Nodes, StringComparison.Ordinal) && !key.Contains("/generation/", StringComparison.Ordinal))];
}

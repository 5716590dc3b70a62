using LibNetwork.Cluster;
using LibNetwork.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LibNetwork.Benchmarks.Scale;

/// <summary>A cluster in one process, on a store in memory and a clock that goes on only when nobody has anything to do: time that passes is time that somebody waits.</summary>
/// <remarks>Processing takes none of it, so that what a number says does not depend on the machine; how much it takes is said apart.</remarks>
internal sealed class ClusterSimulation : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly SharedStore _store;
    private readonly SimulatedNode[] _nodes;
    private readonly List<(SimulatedNode Node, int Number)> _endpoints = [];

    /// <summary>Makes a cluster that has not begun.</summary>
    /// <param name="nodes">How many nodes.</param>
    /// <param name="networks">How many networks; each node is on one.</param>
    /// <param name="listening">How many of the nodes listen to others.</param>
    public ClusterSimulation(int nodes, int networks, int listening)
    {
        _store = new SharedStore(_clock);
        _nodes = [.. Enumerable.Range(0, nodes).Select(number => new SimulatedNode(
            _store, Traffic, _clock, number, new NetworkId($"network{number % networks}"), listens: number < listening))];
        Listening = listening;
    }

    public CountedTraffic Traffic { get; } = new();

    public int Listening { get; }

    /// <summary>All nodes join, and on each so many endpoints.</summary>
    /// <returns>The time until all know what they must.</returns>
    public async Task<TimeSpan> StartAsync(int endpointsPerNode)
    {
        foreach (SimulatedNode[] batch in _nodes.Chunk(100))
        {
            await Task.WhenAll(batch.Select(static node => node.JoinClusterAsync()));
        }

        foreach (SimulatedNode node in _nodes)
        {
            await JoinAsync(node, endpointsPerNode);
        }

        return await SettleAsync();
    }

    /// <summary>So many endpoints join at once, spread over the nodes.</summary>
    public async Task<TimeSpan> BurstAsync(int endpoints)
    {
        for (int i = 0; i < endpoints; i++)
        {
            await JoinAsync(_nodes[(int)((long)i * _nodes.Length / endpoints)], 1);
        }

        return await SettleAsync();
    }

    /// <summary>The last so many nodes are cut off for a while, in which others join one endpoint each; then they are back.</summary>
    /// <returns>The time after that until all know what they must.</returns>
    public async Task<TimeSpan> CutAndHealAsync(int nodes, TimeSpan length, int endpointsMeanwhile)
    {
        SimulatedNode[] cut = _nodes[^nodes..];
        Array.ForEach(cut, static node => node.Connection.Cut());
        for (TimeSpan passed = TimeSpan.Zero; passed < length; passed += Tick)
        {
            _clock.Advance(Tick);
        }

        await QuietAsync();
        for (int i = 0; i < endpointsMeanwhile; i++)
        {
            await JoinAsync(_nodes[i % (_nodes.Length - nodes)], 1);
        }

        await QuietAsync();
        Array.ForEach(cut, static node => node.Connection.Heal());
        return await SettleAsync();
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_nodes.Select(static node => node.DisposeAsync().AsTask()));

    private async Task JoinAsync(SimulatedNode node, int endpoints)
    {
        for (int i = 0; i < endpoints; i++)
        {
            await node.JoinAsync(_endpoints.Count);
            _endpoints.Add((node, _endpoints.Count));
        }
    }

    /// <summary>Lets time pass until every node that listens is told of each endpoint that it must know, and finds it by name.</summary>
    private async Task<TimeSpan> SettleAsync()
    {
        DateTimeOffset start = _clock.GetUtcNow();
        while (true)
        {
            await QuietAsync();
            if (IsSettled())
            {
                return _clock.GetUtcNow() - start;
            }

            if (_clock.GetUtcNow() - start > Patience)
            {
                throw new InvalidOperationException("the nodes do not agree");
            }

            _clock.Advance(Tick);
        }
    }

    private bool IsSettled()
    {
        ILookup<NetworkId, (SimulatedNode Node, int Number)> wanted = _endpoints.ToLookup(static endpoint => endpoint.Node.Network);
        return _nodes.All(static node => node.Standing == ClusterConnection.Connected)
            && _store.Entries.Count(static entry => entry.Key.StartsWith(ClusterKeys.Endpoints, StringComparison.Ordinal)) == _endpoints.Count
            && _nodes.Take(Listening).All(node => node.Peers.Count == wanted[node.Network].Count() - node.Joined)
            && _nodes.Take(Listening).Where((_, index) => index % Math.Max(1, Listening / 50) == 0)
                .All(node => wanted[node.Network].All(endpoint => endpoint.Node == node || node.Finds(endpoint.Number)));
    }

    /// <summary>Waits until nobody works: nothing was asked or told for a while, and no work waits for a thread.</summary>
    private async Task QuietAsync()
    {
        (long, long, long, long, long, long) before;
        long completed;
        do
        {
            (before, completed) = (Traffic.Total, ThreadPool.CompletedWorkItemCount);
            await Task.Delay(2);
        }
        while (before != Traffic.Total || ThreadPool.PendingWorkItemCount > 0 || ThreadPool.CompletedWorkItemCount - completed > 2);
    }
}

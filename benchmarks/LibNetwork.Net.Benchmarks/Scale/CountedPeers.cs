using LibNetwork.Overlay;

namespace LibNetwork.Benchmarks.Scale;

/// <summary>Counts what a driver is told, in place of a kernel.</summary>
internal sealed class CountedPeers : IOverlayPeers
{
    private readonly HashSet<OverlayPeer> _peers = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How many calls it took.</summary>
    public int Calls { get; private set; }

    public ValueTask AddAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
    {
        _peers.UnionWith(peers);
        return Counted();
    }

    public ValueTask RemoveAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
    {
        _peers.ExceptWith(peers);
        return Counted();
    }

    public ValueTask ReplaceAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
    {
        _peers.Clear();
        return AddAsync(networkId, peers, cancellationToken);
    }

    private ValueTask Counted()
    {
        Calls++;
        Volatile.Write(ref _count, _peers.Count);
        return ValueTask.CompletedTask;
    }
}

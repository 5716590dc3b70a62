using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <summary>What a node's addresses and pools are bound to. Ends once, and what was bound to it is then not the node's any more.</summary>
internal sealed class NodeHolding : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended;
    private bool _isDisposed;

    public NodeHolding(IStoreLease lease)
    {
        Lease = lease;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Ended);
        Ended = _ended.Token;
    }

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public IStoreLease Lease { get; }

    /// <summary>Cancelled before the store lets others have what was bound to it.</summary>
    public CancellationToken Ended { get; }

    /// <summary>The store says that it is over, which the lease itself may not know yet.</summary>
    public void Forfeit()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }
        }

        _ended.Cancel();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        _ended.Dispose();
    }
}

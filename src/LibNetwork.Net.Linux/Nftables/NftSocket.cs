using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Nftables;

/// <summary>The nftables rule set of one network namespace. Used on one thread at a time.</summary>
public sealed class NftSocket : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch = new();

    internal NftSocket(NetlinkSocket socket) => _socket = socket;

    /// <summary>Begins a transaction; one that is not committed is forgotten by the next.</summary>
    public NftTransaction Begin()
    {
        _batch.Clear();
        NftTransaction transaction = new(_batch);
        transaction.Start();
        return transaction;
    }

    /// <summary>Makes all of a transaction's changes, or none.</summary>
    /// <exception cref="KernelException">The first change that the kernel refused; nothing was changed.</exception>
    public void Commit(NftTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        transaction.Finish();
        _socket.ExecuteAtomic(_batch);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}

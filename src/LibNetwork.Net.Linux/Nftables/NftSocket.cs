using LibNetwork.Linux.Netlink;
using static LibNetwork.Linux.Nftables.NftablesConstants;

namespace LibNetwork.Linux.Nftables;

/// <summary>The packet rules (nftables) of one network namespace. Used on one thread at a time.</summary>
public sealed partial class NftSocket : IDisposable
{
    private static readonly Version FirstWithDestroy = new(6, 3);

    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch;
    private readonly NetlinkBatch _queries = new();
    private readonly NftTransaction _transaction;

    internal NftSocket(NetlinkSocket socket, NetlinkBatch batch)
    {
        _socket = socket;
        _batch = batch;
        _batch.DescribeSubject = NftSubject.Describe;
        _transaction = new NftTransaction(batch, CanDestroyElements);
    }

    /// <summary>Whether the kernel has a request for "delete if it exists"; <see langword="null"/> until that matters. Tests set it to act as another kernel.</summary>
    internal bool? KernelCanDestroyElements { get; set; }

    /// <summary>The socket's port number, by which notifications name who made a change.</summary>
    public uint Port => _socket.Port;

    /// <summary>Begins a transaction. There is one at a time: one that was begun before and not committed is forgotten.</summary>
    public NftTransaction Begin()
    {
        _transaction.Open();
        return _transaction;
    }

    /// <summary>Carries out all changes of a transaction, or none. The transaction is over afterwards, whatever happens.</summary>
    /// <param name="transaction">What <see cref="Begin"/> returned last; an empty one does nothing.</param>
    /// <exception cref="KernelException">
    /// The first change that the kernel refused: <see cref="KernelException.Operation"/> says what it was, and
    /// <see cref="KernelException.Subject"/> names family, table and object. Nothing has changed. <see cref="LinuxErrno.EPERM"/>:
    /// CAP_NET_ADMIN is missing in the namespace. A conflict with another program's change is tried again and not seen here.
    /// </exception>
    public void Commit(NftTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (!ReferenceEquals(transaction, _transaction))
        {
            throw new ArgumentException("The transaction belongs to another socket.", nameof(transaction));
        }

        if (!transaction.IsOpen)
        {
            throw new InvalidOperationException("The transaction is over; begin a new one.");
        }

        bool isEmpty = transaction.Count == 0;
        transaction.Close();
        if (isEmpty)
        {
            _batch.Clear();
            return;
        }

        _socket.ExecuteAtomic(_batch);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>
    /// By the kernel's version; an older one is asked for an element of a table that cannot exist to be destroyed, since some have the request all the same: a
    /// kernel without it calls it invalid. Asking takes a grace period, because the transaction is taken back.
    /// </summary>
    private bool CanDestroyElements()
    {
        if (KernelCanDestroyElements is { } remembered)
        {
            return remembered;
        }

        if (Environment.OSVersion.Version >= FirstWithDestroy)
        {
            KernelCanDestroyElements = true;
            return true;
        }

        NftTransaction probe = new(_queries, static () => true);
        probe.Open();
        probe.DestroyElement(NftFamily.Inet, "\u0001", "\u0001", NftElement.Of(NftValue.Number(0)));
        probe.Close();
        try
        {
            _socket.ExecuteAtomic(_queries);
            return false;
        }
        catch (KernelException exception) when (exception.Errno is LinuxErrno.ENOENT or LinuxErrno.EINVAL or LinuxErrno.EOPNOTSUPP)
        {
            bool known = exception.Errno == LinuxErrno.ENOENT;
            KernelCanDestroyElements = known;
            return known;
        }
    }
}

using LibNetwork.Linux.Netlink;

namespace LibNetwork.Linux.Rtnetlink;

/// <summary>Links, addresses, routes, rules and neighbours of one network namespace. Used on one thread at a time.</summary>
/// <remarks>Changes are written to <see cref="Batch"/> and travel together in <see cref="Execute"/>; queries answer at once.</remarks>
public sealed partial class RtNetlink : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly NetlinkBatch _batch;

    internal RtNetlink(NetlinkSocket socket, NetlinkBatch batch)
    {
        _socket = socket;
        _batch = batch;
        Batch = new RtNetlinkBatch(batch);
    }

    /// <summary>The changes that <see cref="Execute"/> will send. Empty after each send and before each query.</summary>
    public RtNetlinkBatch Batch { get; }

    /// <summary>Sends the changes in one go, in order, and waits for the last.</summary>
    /// <remarks>The kernel carries out the changes behind a failed one all the same; the caller undoes what it must.</remarks>
    /// <exception cref="KernelException">The first change that failed.</exception>
    public void Execute() => _socket.Execute(_batch);

    /// <summary>Sends the changes like <see cref="Execute"/>; a link that is gone by then is not an error.</summary>
    /// <exception cref="KernelException">The first change that failed for another reason.</exception>
    public void ExecuteUnlessGone()
    {
        try
        {
            Execute();
        }
        catch (KernelException exception) when (exception.Errno == LinuxErrno.ENODEV)
        {
            // Somebody deleted the link: that is what was wanted.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}

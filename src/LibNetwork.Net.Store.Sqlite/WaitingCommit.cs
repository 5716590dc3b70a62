namespace LibNetwork.Stores.Sqlite;

/// <summary>A transaction on its way to the disk, and whoever waits for it.</summary>
internal sealed class WaitingCommit(StoreTransaction transaction, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<long?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreTransaction Transaction { get; } = transaction;

    public Task<long?> Done => _done.Task;

    /// <summary>What it made, once it is on the disk.</summary>
    public long? Revision { get; set; }

    /// <returns><see langword="false"/> when it was cancelled while it waited.</returns>
    public bool TryBegin()
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _done.TrySetCanceled(cancellationToken);
            return false;
        }

        return true;
    }

    public void Complete() => _done.TrySetResult(Revision);

    public void Fail(Exception exception) => _done.TrySetException(exception);
}

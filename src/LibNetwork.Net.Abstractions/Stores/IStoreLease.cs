namespace LibNetwork.Stores;

/// <summary>
/// What keys are bound to by <see cref="StoreTransaction.Lease"/>. Disposing it deletes them; when it cannot be renewed for its whole
/// duration the store does so itself.
/// </summary>
public interface IStoreLease : IAsyncDisposable
{
    /// <summary>How long it lasts without being renewed.</summary>
    TimeSpan Duration { get; }

    /// <summary>Cancelled when the lease is over, or may be: it was disposed, or could not be renewed in time. Its keys may be gone then.</summary>
    CancellationToken Ended { get; }
}

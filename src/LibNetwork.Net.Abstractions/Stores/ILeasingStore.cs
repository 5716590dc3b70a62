namespace LibNetwork.Stores;

/// <summary>A store whose keys can be bound to a lease: they vanish when whoever wrote them is not heard of any more.</summary>
public interface ILeasingStore : INetworkStore
{
    /// <summary>Takes a lease, which is renewed until it is disposed.</summary>
    /// <param name="duration">How long it lasts without being renewed, at least a second; rounded up to seconds.</param>
    /// <param name="cancellationToken">Cancels the wait for it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The duration is less than a second.</exception>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: the store cannot be reached.</exception>
    ValueTask<IStoreLease> LeaseAsync(TimeSpan duration, CancellationToken cancellationToken = default);
}

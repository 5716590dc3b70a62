namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: chooses what the options of a new network leave open. Found by a type test.</summary>
/// <remarks>
/// Asked once, on the node where a network is created, when its pools are known and before it is on record. The choice goes on record with the
/// network, so it is the same after each start and on each node: <see cref="INetworkDriver.CreateNetworkAsync"/> gets it as if the user had made it.
/// </remarks>
public interface INetworkOptionsDriver
{
    /// <summary>Chooses the options that are open. Changes nothing and holds nothing.</summary>
    /// <returns>The options that were chosen, by label; of a label that the request has, the user's choice stays.</returns>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: an option is not valid. <see cref="NetworkErrorKind.Exhausted"/>: there is nothing left to choose from.
    /// </exception>
    ValueTask<IReadOnlyDictionary<string, string>> CompleteOptionsAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default);
}

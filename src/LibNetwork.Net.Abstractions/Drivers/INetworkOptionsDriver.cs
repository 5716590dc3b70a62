namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: settles what the user left open and all hosts of a network must agree on. Found by a type test.</summary>
public interface INetworkOptionsDriver
{
    /// <summary>Fills in options that nobody gave, once, before a network that hosts share is created. With them every host makes the same network.</summary>
    /// <param name="request">The network, with its pools and the user's options.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>All options, the user's unchanged.</returns>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: an option is not valid.</exception>
    ValueTask<IReadOnlyDictionary<string, string>> CompleteOptionsAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default);
}

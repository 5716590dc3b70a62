namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: says that a network needs no gateway address from IPAM. Found by a type test.</summary>
public interface IGatewayAllocationDriver
{
    /// <summary>Reads a network's options before its pools are requested.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: an option is not valid.</exception>
    ValueTask<(bool SkipIPv4, bool SkipIPv6)> GetGatewayNeedsAsync(
        string networkName, bool isInternal, IReadOnlyDictionary<string, string> options, CancellationToken cancellationToken = default);
}

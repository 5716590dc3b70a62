namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: is told that an endpoint lost its IPv6 address, because its sysctls turned IPv6 off. Found by a type test.</summary>
public interface IIPv6ReleaseDriver
{
    /// <summary>The endpoint has no IPv6 address any more.</summary>
    ValueTask ReleaseIPv6Async(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default);
}

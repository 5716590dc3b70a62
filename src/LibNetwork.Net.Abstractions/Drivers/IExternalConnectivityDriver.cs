namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: is told when an endpoint becomes or stops being its sandbox's way out. Found by a type test.</summary>
public interface IExternalConnectivityDriver
{
    /// <summary>Says which endpoints are the sandbox's gateways now. Both <see langword="null"/> means that the endpoint is leaving.</summary>
    /// <remarks>Endpoints that are no gateway any more hear of it before those that become one, so that ports can move.</remarks>
    /// <returns>Where the endpoint's ports are published now.</returns>
    ValueTask<IReadOnlyList<PortBinding>> ProgramExternalConnectivityAsync(
        NetworkId networkId, EndpointId endpointId, EndpointId? gatewayIPv4, EndpointId? gatewayIPv6, CancellationToken cancellationToken = default);
}

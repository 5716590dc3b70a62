namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: enforces <see cref="DriverEndpointRequest.Egress"/>. Found by a type test; others never see a policy.</summary>
public interface IEgressDriver
{
    /// <summary>Changes what an endpoint may reach, at once if it is joined. Flows that are not allowed any more end.</summary>
    /// <param name="networkId">The network.</param>
    /// <param name="endpointId">The endpoint; an unknown one is not an error.</param>
    /// <param name="egress">What it may reach; <see langword="null"/> is everything.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing has changed.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: the endpoint's addresses are not guarded, or the firewall cannot do it.</exception>
    ValueTask ChangeEgressAsync(NetworkId networkId, EndpointId endpointId, EgressPolicy? egress, CancellationToken cancellationToken = default);
}

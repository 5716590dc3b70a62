namespace LibNetwork.Drivers;

/// <summary>A network type: turns networks and endpoints of the model into kernel objects of one host.</summary>
/// <remarks>
/// The controller serialises the calls for one endpoint, and creation and deletion of one network with everything on it; other calls
/// overlap. Deleting or leaving what is gone succeeds. A call that fails or is cancelled leaves the kernel as it was before the call.
/// </remarks>
public interface INetworkDriver
{
    /// <summary>The name that users pick the driver by, for example <c>bridge</c>. Lower case, unique per controller.</summary>
    string Name { get; }

    /// <summary>What the driver offers; constant for the life of the instance.</summary>
    DriverCapabilities Capabilities { get; }

    /// <summary>Creates the host's side of a network.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: an option is not valid. <see cref="NetworkErrorKind.Conflict"/> or
    /// <see cref="NetworkErrorKind.Forbidden"/>: something is in the way. <see cref="NetworkErrorKind.NotSupported"/>: the kernel lacks it.
    /// </exception>
    ValueTask CreateNetworkAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default);

    /// <summary>Removes what <see cref="CreateNetworkAsync"/> built. An unknown network is not an error.</summary>
    ValueTask DeleteNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default);

    /// <summary>Readies an endpoint. Nothing of it need be in the kernel before it joins.</summary>
    ValueTask<DriverEndpoint> CreateEndpointAsync(DriverEndpointRequest request, CancellationToken cancellationToken = default);

    /// <summary>Removes an endpoint. An unknown one is not an error.</summary>
    ValueTask DeleteEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default);

    /// <summary>Builds the endpoint's interface, inside the sandbox if it can, and says what else the sandbox needs; the controller does that.</summary>
    ValueTask<DriverJoin> JoinAsync(DriverJoinRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes the endpoint's interface away. An endpoint that is not joined is not an error.</summary>
    ValueTask LeaveAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default);
}

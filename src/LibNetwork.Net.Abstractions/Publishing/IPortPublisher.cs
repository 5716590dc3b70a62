namespace LibNetwork.Publishing;

/// <summary>Gives ports of the host to endpoints. One per host; drivers say what they want. Thread safe; calls for one endpoint do not overlap.</summary>
/// <remarks>
/// A port that is given is held by a socket of this process, so that no other can take it, and the firewall leads to the endpoint what
/// arrives there. Ranges of more than 1,024 ports are only kept from other endpoints: see <see cref="PublishAsync"/>.
/// </remarks>
public interface IPortPublisher
{
    /// <summary>Makes an endpoint's published ports what is asked for. What was published before and is still wanted is not touched, but gets the name that the endpoint has now.</summary>
    /// <remarks>
    /// Happens wholly or not at all. A socket costs some 4 KiB of kernel memory for each port and address. So ranges of more than 1,024 ports
    /// have none: they are refused if a socket is there now; one that comes later gets nothing of what arrives from outside.
    /// </remarks>
    /// <returns>Where the endpoint is published now.</returns>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Conflict"/>: a port is taken; the holder is an endpoint or a process.
    /// <see cref="NetworkErrorKind.Exhausted"/>: every port to pick from is taken.
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: an address is not the host's.
    /// <see cref="NetworkErrorKind.NotSupported"/>: the kernel lacks the protocol.
    /// </exception>
    ValueTask<IReadOnlyList<PortBinding>> PublishAsync(PublicationRequest request, CancellationToken cancellationToken = default);

    /// <summary>Takes back all that an endpoint has published; nothing is not an error. A call that fails can be repeated.</summary>
    ValueTask WithdrawAsync(EndpointId endpointId, CancellationToken cancellationToken = default);
}

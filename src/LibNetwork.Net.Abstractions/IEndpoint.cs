namespace LibNetwork;

/// <summary>An endpoint: the cable between one sandbox and one network. Thread safe.</summary>
public interface IEndpoint
{
    /// <summary>The id.</summary>
    EndpointId Id { get; }

    /// <summary>The name.</summary>
    string Name { get; }

    /// <summary>The network that it belongs to.</summary>
    INetwork Network { get; }

    /// <summary>The endpoint as it is now.</summary>
    EndpointState State { get; }

    /// <summary>Puts the endpoint's interface into a sandbox. When it returns, the first packet will pass.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: it is joined already. <see cref="NetworkErrorKind.NotFound"/>: the sandbox is gone.
    /// </exception>
    Task JoinAsync(ISandbox sandbox, JoinOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Takes the interface out of its sandbox.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Forbidden"/>: it is not joined to <paramref name="sandbox"/>.</exception>
    Task LeaveAsync(ISandbox sandbox, CancellationToken cancellationToken = default);

    /// <summary>Replaces the names that resolve to the endpoint; the old ones stop at the same moment.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: a name is not one that the DNS can hold, or is <c>localhost</c>.</exception>
    Task UpdateDnsNamesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken = default);

    /// <summary>Gives the endpoint another name. A DNS name that is the old name becomes the new one at the same moment; other DNS names stay.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: the name is taken on this network. <see cref="NetworkErrorKind.InvalidArgument"/>: it is blank, or would have to
    /// become a DNS name and is none. <see cref="NetworkErrorKind.NotFound"/>: the endpoint is deleted.
    /// </exception>
    Task RenameAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Replaces what the endpoint may reach beyond its own network, at once. Flows that are not allowed any more end.</summary>
    /// <param name="egress">What it may reach; <see langword="null"/> is everything.</param>
    /// <param name="cancellationToken">Cancels the change; then the old policy holds.</param>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: a rule is none. <see cref="NetworkErrorKind.NotSupported"/>: nothing can enforce it on this endpoint.
    /// </exception>
    Task UpdateEgressAsync(EgressPolicy? egress, CancellationToken cancellationToken = default);

    /// <summary>Deletes the endpoint and gives its addresses back.</summary>
    /// <param name="force">Leave the sandbox first instead of refusing.</param>
    /// <param name="cancellationToken">Cancels before the deletion begins.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Forbidden"/>: it is joined and <paramref name="force"/> is not set.</exception>
    Task DeleteAsync(bool force = false, CancellationToken cancellationToken = default);
}

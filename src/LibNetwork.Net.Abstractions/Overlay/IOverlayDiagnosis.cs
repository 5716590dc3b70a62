namespace LibNetwork.Overlay;

/// <summary>Tries what an overlay network's packets meet on their way to other nodes. Thread safe.</summary>
public interface IOverlayDiagnosis
{
    /// <summary>
    /// Sends to one endpoint on each node that the network has peers on, and says whether it arrives undamaged. Takes at most two seconds and changes nothing;
    /// the endpoints' programs notice nothing: what is sent asks for a TCP connection at port 0, which nobody can offer, so the endpoint's kernel refuses it.
    /// </summary>
    /// <param name="networkId">The network.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>One answer for each node; none while the network has no joined endpoint on this host, which the attempt needs as its sender.</returns>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.NotFound"/>: there is no such network. <see cref="NetworkErrorKind.PermissionDenied"/>: the process may not send frames.
    /// </exception>
    Task<IReadOnlyList<OverlayPath>> ProbePathsAsync(NetworkId networkId, CancellationToken cancellationToken = default);
}

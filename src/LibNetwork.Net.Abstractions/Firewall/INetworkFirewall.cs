namespace LibNetwork.Firewall;

/// <summary>Keeps networks apart and lets them out. One per host; drivers say what they want protected. Thread safe.</summary>
/// <remarks>Each call is one atomic change of constant cost. Protection goes in before an interface is up and out after it is gone.</remarks>
public interface INetworkFirewall
{
    /// <summary>
    /// Whether what a call asks for holds when it returns. Otherwise rules are the user's affair, and drivers leave out what only rules make safe.
    /// </summary>
    bool IsInForce => true;

    /// <summary>
    /// Runs changes and puts all of them in place at once, beside what an earlier process left: there is no moment in between. What others
    /// change meanwhile goes in with them. When the changes fail nothing is touched: what lives stays protected.
    /// </summary>
    /// <param name="changes">
    /// The changes; they return whether they are all that should be there. Then what an earlier process left and they do not mention goes.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait for a turn.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: the kernel lacks what is needed; nothing was changed.</exception>
    ValueTask ReplaceAsync(Func<ValueTask<bool>> changes, CancellationToken cancellationToken = default);

    /// <summary>Protects a network.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: the kernel lacks what is needed; nothing was changed.</exception>
    ValueTask AddNetworkAsync(FirewallNetwork network, CancellationToken cancellationToken = default);

    /// <summary>Forgets a network; an unknown one is not an error.</summary>
    ValueTask RemoveNetworkAsync(NetworkId networkId, CancellationToken cancellationToken = default);

    /// <summary>Protects an endpoint; one that is protected at another port moves to this one. Costs nothing for networks whose endpoints may talk to each other.</summary>
    ValueTask AddEndpointAsync(FirewallEndpoint endpoint, CancellationToken cancellationToken = default);

    /// <summary>Forgets an endpoint; an unknown one is not an error.</summary>
    ValueTask RemoveEndpointAsync(NetworkId networkId, EndpointId endpointId, CancellationToken cancellationToken = default);

    /// <summary>Lets one endpoint reach ports of another on a network whose endpoints may not talk to each other.</summary>
    ValueTask AddLinkAsync(FirewallLink link, CancellationToken cancellationToken = default);

    /// <summary>Takes a link back; an unknown one is not an error.</summary>
    ValueTask RemoveLinkAsync(FirewallLink link, CancellationToken cancellationToken = default);

    /// <summary>Opens ports of endpoints and closes others, in one change. One that is open already, or not open, is not an error.</summary>
    /// <param name="opened">What is reached from now on.</param>
    /// <param name="closed">What no new flow reaches from now on; flows that are under way go on.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn.</param>
    ValueTask ChangePortsAsync(
        IReadOnlyCollection<FirewallPort> opened, IReadOnlyCollection<FirewallPort> closed, CancellationToken cancellationToken = default);
}

using System.Diagnostics.CodeAnalysis;
using LibNetwork.Flows;
using LibNetwork.Reconciliation;
using LibNetwork.ServiceDiscovery;

namespace LibNetwork;

/// <summary>Owns the networks and sandboxes of one host. Thread safe.</summary>
/// <remarks>
/// Every verb happens wholly or leaves nothing: one that fails or is cancelled undoes its steps in reverse order before it returns.
/// Disposing lets go of the kernel and removes nothing from it.
/// </remarks>
public interface INetworkController : IAsyncDisposable
{
    /// <summary>The names of the network drivers.</summary>
    IReadOnlyCollection<string> Drivers { get; }

    /// <summary>The networks, at this moment.</summary>
    IReadOnlyCollection<INetwork> Networks { get; }

    /// <summary>The sandboxes, at this moment.</summary>
    IReadOnlyCollection<ISandbox> Sandboxes { get; }

    /// <summary>
    /// Takes up what an earlier process left in the store, without touching the traffic of what lives: networks, endpoints, sandboxes with
    /// their addresses. What was half made or half removed is removed, and so is what carries the library's mark in the kernel and is on no
    /// record. Call it once, before everything else.
    /// </summary>
    /// <remarks>
    /// What cannot be restored is in the report and does not stop the rest; it stays in the store, and the next process tries again. So does
    /// everything when the call fails or is cancelled: dispose the controller then.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The controller is in use already.</exception>
    /// <exception cref="NetworkException">
    /// The store cannot be read, or the firewall cannot be put in place. <see cref="NetworkErrorKind.Conflict"/>: another process runs this host's
    /// networking; it is named.
    /// </exception>
    Task<RestoreReport> RestoreAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates a network.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: a value is not valid; the field is named.
    /// <see cref="NetworkErrorKind.NotFound"/>: no such driver or template. <see cref="NetworkErrorKind.Conflict"/>: the name or id is taken.
    /// <see cref="NetworkErrorKind.Forbidden"/>: the subnet overlaps another network, or settings are given beside a template. <see cref="NetworkErrorKind.Exhausted"/>: no free pool.
    /// </exception>
    Task<INetwork> CreateNetworkAsync(NetworkSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Finds a network by its name or its whole id.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>; <see cref="NetworkErrorKind.InvalidArgument"/>: blank.</exception>
    INetwork GetNetwork(string nameOrId);

    /// <summary>Finds a network by its name or its whole id.</summary>
    bool TryGetNetwork(string nameOrId, [NotNullWhen(true)] out INetwork? network);

    /// <summary>Creates a sandbox: an isolated network stack with nothing but loopback, or a share in the host's own.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Forbidden"/>: the container has a sandbox already.</exception>
    Task<ISandbox> CreateSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Finds a sandbox by its id or its container's id.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>; <see cref="NetworkErrorKind.InvalidArgument"/>: blank.</exception>
    ISandbox GetSandbox(string idOrContainerId);

    /// <summary>Finds a sandbox by its id or its container's id.</summary>
    bool TryGetSandbox(string idOrContainerId, [NotNullWhen(true)] out ISandbox? sandbox);

    /// <summary>Deletes a container's sandbox with all its endpoints. A container without one is not an error.</summary>
    Task DeleteSandboxAsync(string idOrContainerId, CancellationToken cancellationToken = default);

    /// <summary>Tells who asked which name and what was answered, from now on, until the token is cancelled or the controller is disposed.</summary>
    /// <remarks>Without a listener it costs nothing. A listener that is more than 4096 answers behind loses the oldest.</remarks>
    IAsyncEnumerable<DnsAnswer> WatchDnsAnswersAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells what happens beside the verbs, such as repairs, from the moment on in which the reading begins.</summary>
    /// <remarks>
    /// Any number of readers, each sees every event. Up to 1024 events wait for a reader. Ends without an error when the controller is disposed.
    /// </remarks>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>, while reading: the reader is too far behind.</exception>
    IAsyncEnumerable<ControllerEvent> WatchEvents();

    /// <summary>
    /// Compares what should be in the kernel with what is: networks, joined endpoints, the insides of sandboxes, firewall, kernel
    /// parameters, and packet rules of others that would drop what is forwarded. Touches nothing.
    /// </summary>
    /// <remarks>Objects that a verb works on are waited for. Works whether or not changes are watched and repaired.</remarks>
    Task<Diagnosis> DiagnoseAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Says whether a flow's first packet arrives and is answered, and why: which rules of ours and of others it meets, which addresses are translated, which
    /// routes it takes, and what is in its way. Reads what is in the kernel at this moment, not what should be there. Touches nothing.
    /// </summary>
    /// <remarks>
    /// It follows packets through the host and through sandboxes on bridges of the host. What cannot be known is said, never guessed.
    /// Rules of <c>iptables-legacy</c>, and chains at an interface (family <c>netdev</c>), cannot be read: that they are there is said.
    /// It costs one turn at the kernel, in which all rules and elements are read.
    /// </remarks>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>: a value is not valid, or addresses are of different families; the field is named.
    /// <see cref="NetworkErrorKind.NotFound"/>: no such endpoint or interface. <see cref="NetworkErrorKind.Forbidden"/>: the endpoint is not
    /// joined. <see cref="NetworkErrorKind.NotSupported"/>: the endpoint is on no bridge of the host.
    /// </exception>
    Task<FlowExplanation> ExplainAsync(Flow flow, CancellationToken cancellationToken = default);

    /// <summary>Says what <see cref="CreateNetworkAsync"/> would do, and does nothing: links, addresses, kernel parameters, packet rules.</summary>
    /// <remarks>
    /// The verb is carried out in a network namespace that is made for it, is like the host and goes afterwards. Nothing is reserved: what happens on the host until
    /// the verb is called may change what it does. Ids and hardware addresses that are drawn by chance are others then, unless the spec says them.
    /// A plan costs about what a start with all networks that are on record costs.
    /// </remarks>
    /// <exception cref="NetworkException">
    /// What the verb would throw. <see cref="NetworkErrorKind.NotSupported"/>: the driver, the IPAM driver or the firewall cannot say what it would do.
    /// </exception>
    Task<VerbPlan> PlanAsync(NetworkSpec spec, CancellationToken cancellationToken = default);

    /// <summary>
    /// The packet rules that the networks, endpoints and published ports of this moment need, as text for <c>nft -f</c>: it replaces in one transaction what
    /// such a text made before. For hosts whose rules are the user's affair; load it anew after each verb that changes one of these.
    /// </summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotSupported"/>: the firewall in use does not tell its rules, or nft has no words for one.</exception>
    Task<string> GetFirewallScriptAsync(CancellationToken cancellationToken = default);

    /// <summary>Completes when everything that was deleted so far is gone from the kernel; deletions finish in the background.</summary>
    Task DrainAsync();
}

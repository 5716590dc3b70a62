using System.Diagnostics.CodeAnalysis;
using LibNetwork.Cluster;
using LibNetwork.Ipam;

namespace LibNetwork;

/// <summary>A network: what endpoints that can reach each other are on. Thread safe.</summary>
public interface INetwork
{
    /// <summary>The id.</summary>
    NetworkId Id { get; }

    /// <summary>The name.</summary>
    string Name { get; }

    /// <summary>The network as it is now.</summary>
    NetworkState State { get; }

    /// <summary>The endpoints, at this moment.</summary>
    IReadOnlyCollection<IEndpoint> Endpoints { get; }

    /// <summary>The endpoints on other nodes, at this moment, in the order of their nodes' and their own ids.</summary>
    /// <value>Nothing when hosts do not share the network, or while it has no joined endpoint here: only who takes part is told.</value>
    IReadOnlyList<RemoteEndpoint> RemoteEndpoints => [];

    /// <summary>Creates an endpoint: allocates its addresses and readies its driver.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: the name is taken on this network, or it is a template. <see cref="NetworkErrorKind.Exhausted"/>: no address is
    /// free. <see cref="NetworkErrorKind.Conflict"/>: the address is held. <see cref="NetworkErrorKind.InvalidArgument"/>: a value is not valid.
    /// </exception>
    Task<IEndpoint> CreateEndpointAsync(EndpointSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Creates an endpoint and joins it to a sandbox. Both happen or neither, also when the process ends in between.</summary>
    /// <exception cref="NetworkException">As <see cref="CreateEndpointAsync"/> and <see cref="IEndpoint.JoinAsync"/>.</exception>
    Task<IEndpoint> AttachAsync(ISandbox sandbox, EndpointSpec spec, JoinOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Says what <see cref="AttachAsync"/> would do, and does nothing; see <see cref="INetworkController.PlanAsync"/>.</summary>
    /// <remarks>Which of several ports of the host is picked, and whether somebody else holds one, is known only when the verb is called.</remarks>
    /// <exception cref="NetworkException">
    /// What the verb would throw. <see cref="NetworkErrorKind.NotSupported"/>: a driver of the sandbox's networks, or the firewall, cannot say what it would do.
    /// <see cref="NetworkErrorKind.Unavailable"/>: what is on record cannot be made again elsewhere.
    /// </exception>
    Task<VerbPlan> PlanAttachAsync(ISandbox sandbox, EndpointSpec spec, JoinOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Finds an endpoint by its name or its whole id.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>; <see cref="NetworkErrorKind.InvalidArgument"/>: blank.</exception>
    IEndpoint GetEndpoint(string nameOrId);

    /// <summary>Finds an endpoint by its name or its whole id.</summary>
    bool TryGetEndpoint(string nameOrId, [NotNullWhen(true)] out IEndpoint? endpoint);

    /// <summary>Says how full the network's pools are, in the order of <see cref="NetworkState.Pools"/>.</summary>
    /// <returns>Nothing when the IPAM driver does not count.</returns>
    Task<IReadOnlyList<PoolUsage>> GetPoolUsageAsync(CancellationToken cancellationToken = default);

    /// <summary>Deletes the network.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: it has endpoints, or networks are made from it; they are listed. <see cref="NetworkErrorKind.NotFound"/>: it is deleted already.
    /// </exception>
    Task DeleteAsync(CancellationToken cancellationToken = default);
}

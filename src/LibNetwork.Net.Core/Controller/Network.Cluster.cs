using System.Net;
using LibNetwork.Cluster;
using LibNetwork.Overlay;

namespace LibNetwork.Controller;

/// <content>What the network has on other nodes of a cluster.</content>
internal sealed partial class Network
{
    private readonly RemoteEndpoints? _remote;

    public IReadOnlyList<RemoteEndpoint> RemoteEndpoints => _remote?.All ?? [];

    /// <summary>An endpoint is about to join: whom it may talk to elsewhere is looked up.</summary>
    public ValueTask FollowAsync(EndpointId joining) => _remote?.FollowAsync(joining) ?? ValueTask.CompletedTask;

    /// <summary>Waits until what is on other nodes is known here, so that a first packet arrives; for a while, if the cluster's store is not reached.</summary>
    public ValueTask RemoteReadyAsync(CancellationToken cancellationToken) => _remote?.ReadyAsync(cancellationToken) ?? ValueTask.CompletedTask;

    /// <summary>An endpoint has left, or has not joined after all.</summary>
    public ValueTask LetGoAsync(EndpointId left) => _remote?.LetGoAsync(left) ?? ValueTask.CompletedTask;

    /// <summary>Ends what this process does for it; it stays as it is.</summary>
    public ValueTask ReleaseAsync() => _remote?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Tells other nodes of a joined endpoint.</summary>
    public void Announce(EndpointState endpoint)
    {
        if (_remote is not null)
        {
            Services.Cluster?.Announcer.Announce(endpoint);
        }
    }

    /// <summary>Tells other nodes that an endpoint is not joined any more.</summary>
    public void Withdraw(EndpointId id)
    {
        if (_remote is not null)
        {
            Services.Cluster?.Announcer.Withdraw(Id, id);
        }
    }

    /// <summary>Waits until other nodes could know that an endpoint is not joined any more, before its addresses become theirs.</summary>
    public ValueTask WithdrawnAsync(EndpointId id)
        => _remote is not null && Services.Cluster is { } cluster ? cluster.Announcer.WithdrawnAsync(Id, id) : ValueTask.CompletedTask;

    /// <summary>Waits until no endpoint on another node is known under addresses that are this node's now.</summary>
    private ValueTask YieldAsync(IEnumerable<InterfaceAddress?> addresses, CancellationToken cancellationToken)
        => _remote?.YieldAsync([.. addresses.OfType<InterfaceAddress>().Select(static address => address.Address)], cancellationToken) ?? ValueTask.CompletedTask;

    private RemoteEndpoints? FollowOthers() => State.Scope == NetworkScope.Global && !State.ConfigOnly
        ? Services.Cluster?.Of(new FollowedNetwork
        {
            Id = Id,
            Subnets = [.. State.Pools.Select(static pool => pool.Subnet)],
            Names = Names,
            Peers = Driver as IOverlayPeers,
            IsHere = _endpoints.ContainsKey,
        })
        : null;
}

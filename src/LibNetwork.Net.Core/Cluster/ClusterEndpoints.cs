using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>The endpoints of networks that hosts share: tells others of those here, and networks here of those on others.</summary>
internal sealed class ClusterEndpoints(ClusterNode node, ILeasingStore store, ILogger<ClusterEndpoints> logger, TimeProvider time) : IAsyncDisposable
{
    public EndpointAnnouncer Announcer { get; } = new(node, store, logger, time);

    /// <summary>What a network has on other nodes.</summary>
    public RemoteEndpoints Of(FollowedNetwork network) => new(network, node, store, logger, time);

    public ValueTask DisposeAsync() => Announcer.DisposeAsync();
}

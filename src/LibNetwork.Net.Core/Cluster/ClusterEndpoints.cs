using LibNetwork.Overlay;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>The endpoints of networks that hosts share: tells others of those here, and networks here of those on others; the keys of encrypted networks too.</summary>
internal sealed class ClusterEndpoints(ClusterNode node, ILeasingStore store, IOverlayKeys? keys, ILogger<ClusterEndpoints> logger, TimeProvider time) : IAsyncDisposable
{
    private readonly KeyExchange? _keys = keys is null ? null : new KeyExchange(keys, node, store, logger, time);

    public EndpointAnnouncer Announcer { get; } = new(node, store, logger, time);

    /// <summary>What a network has on other nodes.</summary>
    public RemoteEndpoints Of(FollowedNetwork network) => new(network, node, store, logger, time);

    public async ValueTask DisposeAsync()
    {
        await Announcer.DisposeAsync().ConfigureAwait(false);
        if (_keys is not null)
        {
            await _keys.DisposeAsync().ConfigureAwait(false);
        }
    }
}

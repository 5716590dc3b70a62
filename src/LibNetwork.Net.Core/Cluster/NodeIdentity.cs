using System.Text;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <summary>The node's id, made up once and kept in the host's own store.</summary>
internal static class NodeIdentity
{
    public static async ValueTask<NodeId> ReadAsync(INetworkStore own, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await own.GetAsync(StoreKeys.Node, cancellationToken).ConfigureAwait(false) is { } kept)
            {
                return new NodeId(Encoding.UTF8.GetString(kept.Value.Span));
            }

            await own.TryCommitAsync(
                new StoreTransaction { Checks = [(StoreKeys.Node, 0)], Puts = [(StoreKeys.Node, Encoding.UTF8.GetBytes(NodeId.New().Value))] },
                cancellationToken).ConfigureAwait(false);
        }
    }
}

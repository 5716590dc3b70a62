using LibNetwork.Internal;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <content>Which nodes have endpoints on a network.</content>
internal sealed partial class ClusterNetworks
{
    /// <summary>Says that this node has endpoints on a network, which nobody deletes then.</summary>
    /// <returns>The revision of that.</returns>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.NotFound"/>: the network was deleted. <see cref="NetworkErrorKind.Unavailable"/>: the node is cut off, or another
    /// is deleting the network.
    /// </exception>
    public async Task<long> EnrolAsync(NetworkId id, string subject, NodeHolding holding, CancellationToken cancellationToken)
    {
        string key = ClusterKeys.Network(id), member = ClusterKeys.Member(id, Node.Id?.Value ?? string.Empty);
        byte[] record = ClusterRecords.Write(new MemberRecord(Node.Name, holding.Id));
        long start = _time.GetTimestamp();
        Backoff backoff = new(_time);
        while (true)
        {
            if (await _store.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } network)
            {
                throw new NetworkException(NetworkErrorKind.NotFound, subject, "was deleted from its cluster");
            }

            if (ClusterRecords.ReadNetwork(network.Value, network.Revision) is { } shared)
            {
                await _addresses.KnowAsync(shared, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                if (await _store.TryCommitAsync(
                    new StoreTransaction { Checks = [(key, network.Revision), (ClusterKeys.NetworkDeletion(id), 0)], Puts = [(member, record)], Lease = holding.Lease },
                    cancellationToken).ConfigureAwait(false) is { } done)
                {
                    return done;
                }
            }
            catch (NetworkException ended) when (ended.Kind == NetworkErrorKind.NotFound)
            {
                holding.Forfeit();
                throw Node.IsCutOff();
            }

            await WaitForDeletionAsync(id, subject, start, backoff, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says that this node has no endpoint on a network any more.</summary>
    public async Task ResignAsync(NetworkId id, CancellationToken cancellationToken)
    {
        await Node.HoldingAsync(cancellationToken).ConfigureAwait(false);
        string key = ClusterKeys.Member(id, Node.Id?.Value ?? string.Empty);
        while (await _store.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } member)
        {
            // With a check, so that a request that was thought lost does not delete what is written later.
            await _store.TryCommitAsync(new StoreTransaction { Checks = [(key, member.Revision)], Deletes = [key] }, cancellationToken).ConfigureAwait(false);
        }
    }
}

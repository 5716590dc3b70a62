using System.Collections.Concurrent;
using System.Text;
using LibNetwork.Internal;
using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <content>Deleting a network for all.</content>
internal sealed partial class ClusterNetworks
{
    /// <summary>How long a node that dies while it deletes a network keeps others from using it.</summary>
    private static readonly TimeSpan IntentDuration = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<NetworkId, bool> _withdrawn = new();

    /// <summary>Takes back the creation of a network of which nobody knows whether it happened: should it show up, it is deleted.</summary>
    public void Withdraw(NetworkId id)
    {
        _withdrawn[id] = true;
        Wake();
    }

    public bool IsWithdrawn(NetworkId id) => _withdrawn.ContainsKey(id);

    /// <summary>Deletes a network whose creation was taken back; one that others use already stays.</summary>
    public async Task FinishWithdrawingAsync(SharedNetwork network, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteAsync(network.State.Id, $"network \"{network.State.Name}\"", cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException used) when (used.Kind == NetworkErrorKind.Forbidden)
        {
            _withdrawn.TryRemove(network.State.Id, out _);
        }
    }

    /// <summary>Deletes a network for all nodes, with all that it holds, if no other node has endpoints on it.</summary>
    /// <remarks>
    /// First the node says that it is about to, under a lease: from then on nobody joins. If there is a member all the same, or the node dies, the
    /// lease ends, and everything is as before. So no network can be left half deleted.
    /// </remarks>
    /// <returns><see langword="false"/> when it was not there any more.</returns>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Forbidden"/>: other nodes have endpoints on it; they are named. <see cref="NetworkErrorKind.Unavailable"/>: the
    /// node is cut off, or another is deleting it. <see cref="NetworkErrorKind.NotSupported"/>: this version cannot read its record.
    /// </exception>
    public async Task<bool> DeleteAsync(NetworkId id, string subject, CancellationToken cancellationToken)
    {
        await Node.HoldingAsync(cancellationToken).ConfigureAwait(false);
        long start = _time.GetTimestamp();
        Backoff backoff = new(_time);
        while (true)
        {
            IStoreLease intent = await _store.LeaseAsync(IntentDuration, cancellationToken).ConfigureAwait(false);
            await using (intent.ConfigureAwait(false))
            {
                if (await _store.GetAsync(ClusterKeys.Network(id), cancellationToken).ConfigureAwait(false) is not { } entry)
                {
                    return false;
                }

                SharedNetwork network = ClusterRecords.ReadNetwork(entry.Value, entry.Revision)
                    ?? throw new NetworkException(NetworkErrorKind.NotSupported, subject, "its record in the cluster cannot be read by this version") { Remedy = "delete it on a newer node" };
                if (await TryDeleteAsync(network, intent, subject, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }
            }

            await WaitForDeletionAsync(id, subject, start, backoff, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns><see langword="false"/> when another node deletes it at the same time, or this one took too long.</returns>
    private async Task<bool> TryDeleteAsync(SharedNetwork network, IStoreLease intent, string subject, CancellationToken cancellationToken)
    {
        NetworkId id = network.State.Id;
        string key = ClusterKeys.Network(id), mark = ClusterKeys.NetworkDeletion(id), own = ClusterKeys.Member(id, Node.Id?.Value ?? string.Empty);
        long? marked = await _store.TryCommitAsync(
            new StoreTransaction { Checks = [(key, network.Revision), (mark, 0)], Puts = [(mark, Encoding.UTF8.GetBytes(Node.Name))], Lease = intent }, cancellationToken).ConfigureAwait(false);
        if (marked is not { } mine)
        {
            return false;
        }

        IReadOnlyList<StoreEntry> members = await _store.ListAsync(ClusterKeys.Members(id), cancellationToken).ConfigureAwait(false);
        if (members.Where(member => member.Key != own).Select(ClusterRecords.ReadMember).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } others)
        {
            string holders = string.Join(", ", others.Select(static name => $"node {name}"));
            throw NetworkException.Forbidden(subject, $"has endpoints on {holders}", holders, "delete them there first");
        }

        StoreTransaction all = new()
        {
            Checks = [(key, network.Revision), (mark, mine)],
            Deletes =
            [
                key, ClusterKeys.NetworkName(network.State.Name), mark, own,
                .. network.Identifiers.Select(identifier => ClusterKeys.NetworkIdentifier(network.State.Driver, identifier)),
                .. _addresses.HeldBy(id, network.State.Pools),
            ],
        };
        long? revision;
        try
        {
            revision = await _store.TryCommitAsync(all, cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException lost) when (lost.IsTransient)
        {
            // Perhaps only the answer was lost: then the network is gone, and the store tells when.
            if (await _store.GetAsync(key, cancellationToken).ConfigureAwait(false) is not null)
            {
                throw;
            }

            return true;
        }

        if (revision is { } done)
        {
            _addresses.Learn(all, done);
            Directory.Learn(id, value: null, done);
        }

        return revision is not null;
    }

    /// <summary>Waits a little for another node that is about to delete a network.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: it takes too long.</exception>
    private async Task WaitForDeletionAsync(NetworkId id, string subject, long start, Backoff backoff, CancellationToken cancellationToken)
    {
        if (_time.GetElapsedTime(start) > Patience)
        {
            string? node = await _store.GetAsync(ClusterKeys.NetworkDeletion(id), cancellationToken).ConfigureAwait(false) is { } mark ? Encoding.UTF8.GetString(mark.Value.Span) : null;
            throw new NetworkException(NetworkErrorKind.Unavailable, subject, node is null ? "is being changed by other nodes" : $"is being deleted by node {node}")
            {
                Holder = node is null ? null : $"node {node}",
                Remedy = "try again in a moment",
            };
        }

        await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}

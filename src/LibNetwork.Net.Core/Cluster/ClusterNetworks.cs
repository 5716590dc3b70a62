using System.Text;
using System.Threading.Channels;
using LibNetwork.Stores;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cluster;

/// <summary>The networks that hosts share, in the store that they share: one commit creates a network for all, one deletes it.</summary>
/// <remarks>A network holds its pools itself, so that it stays whatever becomes of the node that created it.</remarks>
internal sealed partial class ClusterNetworks : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILeasingStore _store;
    private readonly SharedAddresses _addresses;
    private readonly TimeProvider _time;
    private readonly StoreReplica _following;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ClusterNetworks(ClusterNode node, ILeasingStore store, SharedAddresses addresses, ILogger<ClusterNetworks> logger, TimeProvider time)
    {
        (Node, _store, _addresses, _time) = (node, store, addresses, time);
        Directory = new NetworkDirectory(_changes.Writer, logger);
        _following = new StoreReplica(store, ClusterKeys.Networks, Directory, logger, time);
    }

    public ClusterNode Node { get; }

    /// <summary>What is known of the networks.</summary>
    public NetworkDirectory Directory { get; }

    /// <summary>Tells, to one reader, that there is something to look at; several changes are told once.</summary>
    public ChannelReader<bool> Changes => _changes.Reader;

    /// <summary>Has the reader of <see cref="Changes"/> look.</summary>
    public void Wake() => _changes.Writer.TryWrite(true);

    /// <summary>Whether the network itself holds a pool. Otherwise its IPAM driver keeps it, and whoever deletes the network gives it back.</summary>
    public bool Holds(NetworkPool pool) => _addresses.IsShared(pool);

    /// <summary>Refuses a name that is taken, before anything is taken for the network. Joins the cluster if need be.</summary>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Conflict"/>: another network has it. <see cref="NetworkErrorKind.Unavailable"/>: the node is cut off.
    /// <see cref="NetworkErrorKind.Forbidden"/>: it has left its cluster.
    /// </exception>
    public async Task CheckNameAsync(string name, string subject, CancellationToken cancellationToken)
    {
        await Node.HoldingAsync(cancellationToken).ConfigureAwait(false);
        if (await _store.GetAsync(ClusterKeys.NetworkName(name), cancellationToken).ConfigureAwait(false) is { } taken)
        {
            throw await IsTakenAsync(taken, subject, "exists already in the cluster", "choose another name", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Creates a network for all, and hands its pools over to it.</summary>
    /// <param name="state">The network.</param>
    /// <param name="identifiers">What no other network of its driver may have.</param>
    /// <param name="cancellationToken">Cancels it; then nobody knows whether it happened.</param>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.Conflict"/>: the name, the id or an identifier is taken. <see cref="NetworkErrorKind.Unavailable"/>: the node is
    /// cut off, or was; then it may have happened.
    /// </exception>
    public async Task CreateAsync(NetworkState state, IReadOnlyList<string> identifiers, CancellationToken cancellationToken)
    {
        await Node.HoldingAsync(cancellationToken).ConfigureAwait(false);
        _withdrawn.TryRemove(state.Id, out _);
        string key = ClusterKeys.Network(state.Id), name = ClusterKeys.NetworkName(state.Name);
        string[] exclusive = [.. identifiers.Select(identifier => ClusterKeys.NetworkIdentifier(state.Driver, identifier))];
        byte[] record = ClusterRecords.Write(state with { ConfigFrom = null }, Node.Name, identifiers);   // a template is this host's
        byte[] id = Encoding.UTF8.GetBytes(state.Id.Value);
        StoreTransaction handOver = _addresses.PlanHandOver(state.Id, state.Pools);
        StoreTransaction all = new()
        {
            Checks = [(key, 0), (name, 0), .. exclusive.Select(static key => (key, 0L)), .. handOver.Checks],
            Puts = [(key, record), (name, id), .. exclusive.Select(key => (key, (ReadOnlyMemory<byte>)id)), .. handOver.Puts],
            Deletes = handOver.Deletes,
        };
        long? revision;
        try
        {
            revision = await _store.TryCommitAsync(all, cancellationToken).ConfigureAwait(false);
        }
        catch (NetworkException lost) when (lost.IsTransient)
        {
            // Perhaps only the answer was lost.
            StoreEntry? found = await _store.GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (found is null || !found.Value.Span.SequenceEqual(record))
            {
                throw;
            }

            revision = found.Revision;
        }

        if (revision is not { } done)
        {
            throw await WhyNotAsync(state, identifiers, cancellationToken).ConfigureAwait(false);
        }

        _addresses.Learn(handOver, done);
        Directory.Learn(state.Id, record, done);
    }

    public async ValueTask DisposeAsync() => await _following.DisposeAsync().ConfigureAwait(false);

    /// <summary>Waits until all networks have been read once.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Unavailable"/>: the store is not reached.</exception>
    public ValueTask ReadyAsync(CancellationToken cancellationToken) => _following.ReadyAsync(cancellationToken);

    private async Task<NetworkException> WhyNotAsync(NetworkState state, IReadOnlyList<string> identifiers, CancellationToken cancellationToken)
    {
        string subject = $"network \"{state.Name}\"";
        if (await _store.GetAsync(ClusterKeys.NetworkName(state.Name), cancellationToken).ConfigureAwait(false) is { } named)
        {
            return await IsTakenAsync(named, subject, "exists already in the cluster", "choose another name", cancellationToken).ConfigureAwait(false);
        }

        foreach (string identifier in identifiers)
        {
            if (await _store.GetAsync(ClusterKeys.NetworkIdentifier(state.Driver, identifier), cancellationToken).ConfigureAwait(false) is { } taken)
            {
                return await IsTakenAsync(taken, subject, $"{identifier} is taken in the cluster", "choose another", cancellationToken).ConfigureAwait(false);
            }
        }

        return await _store.GetAsync(ClusterKeys.Network(state.Id), cancellationToken).ConfigureAwait(false) is { } same
            ? NetworkException.Conflict(subject, $"id {state.Id} is taken in the cluster", HolderOf(ClusterRecords.ReadNetwork(same.Value, same.Revision), state.Id.Value))
            : Node.IsCutOff();   // it was, for so long that its pools are not its own any more
    }

    private async Task<NetworkException> IsTakenAsync(StoreEntry taken, string subject, string problem, string remedy, CancellationToken cancellationToken)
    {
        string id = Encoding.UTF8.GetString(taken.Value.Span);
        StoreEntry? network = await _store.GetAsync(ClusterKeys.Networks + id, cancellationToken).ConfigureAwait(false);
        return NetworkException.Conflict(subject, problem, HolderOf(network is null ? null : ClusterRecords.ReadNetwork(network.Value, network.Revision), id), remedy);
    }

    private static string HolderOf(SharedNetwork? network, string id)
        => network is null ? $"network {id}" : $"network \"{network.State.Name}\" ({network.State.Id}), created on node {network.NodeName}";
}

using System.Net;
using LibNetwork.Linux;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

internal sealed partial class OverlayDriver : IOverlayPeers
{
    public ValueTask AddAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
        => ChangePeersAsync(FindNetwork(networkId), peers, static (network, peers) => network.Peers.PlanAdd(network.Subject, peers), checks: true, cancellationToken);

    public ValueTask RemoveAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
        => _networks.TryGetValue(networkId, out OverlayNetwork? network)
            ? ChangePeersAsync(network, peers, static (network, peers) => network.Peers.PlanRemove(peers), checks: false, cancellationToken)
            : ValueTask.CompletedTask;

    public ValueTask ReplaceAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
        => ChangePeersAsync(FindNetwork(networkId), peers, static (network, peers) => network.Peers.PlanReplace(network.Subject, peers), checks: true, cancellationToken);

    private OverlayNetwork FindNetwork(NetworkId networkId)
        => _networks.TryGetValue(networkId, out OverlayNetwork? network) ? network : throw NetworkException.NotFound($"overlay network \"{networkId}\"");

    private async ValueTask ChangePeersAsync(
        OverlayNetwork network, IReadOnlyList<OverlayPeer> peers, Func<OverlayNetwork, IReadOnlyList<OverlayPeer>, PeerChange> plan, bool checks,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peers);
        await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (checks)
            {
                PeerCheck.ThrowUnlessValid(network, peers, Advertised, EndpointsOf(network));
            }

            PeerChange change = plan(network, peers);
            if (!change.IsNothing && network.IsBuilt)
            {
                await AskKernelAsync(network.Subject, static (session, state) => state.Self.Program(session, state.network, state.change), (Self: this, network, change), cancellationToken)
                    .ConfigureAwait(false);
            }

            network.Peers.Apply(change);
        }
        finally
        {
            network.Turn.Release();
        }
    }

    /// <summary>Changes the peers in the kernel, or nothing.</summary>
    private bool Program(KernelSession session, OverlayNetwork network, PeerChange change)
    {
        (IReadOnlyList<IPAddress> joining, IReadOnlyList<IPAddress> leaving) = network.Peers.NodesOf(change);
        network.Ends.LookUp(joining);
        uint mtu = joining.Count + leaving.Count == 0 ? network.Mtu : MtuFor(session, network, network.Peers.Nodes.Concat(joining).Except(leaving));
        uint before = network.Mtu;
        UndoSteps undo = new();
        try
        {
            undo.Push(() => _members.Change(session, VniArray(network), network.Ends.HearFrom(leaving), network.Ends.HearFrom(joining)));
            _members.Change(session, VniArray(network), network.Ends.HearFrom(joining), network.Ends.HearFrom(leaving));
            undo.Push(() => PeerProgramming.Write(session, network, change.Reversed, leaving, joining));
            PeerProgramming.Write(session, network, change, joining, leaving);
            if (mtu != before)
            {
                undo.Push(() => SetMtu(session, network, before));
                SetMtu(session, network, mtu);
            }
        }
        catch
        {
            undo.TakeBack(failure => Log.RollbackIncomplete(_logger, failure, network.Subject));
            throw;
        }

        return true;
    }
}

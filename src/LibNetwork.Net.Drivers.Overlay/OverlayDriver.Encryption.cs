using System.Net;
using LibNetwork.Drivers.Overlay.Encryption;
using LibNetwork.Linux;

namespace LibNetwork.Drivers.Overlay;

/// <content>Encrypted networks: where their tunnels end follows the keys of nodes.</content>
internal sealed partial class OverlayDriver
{
    public NodeEncryption Encryption => _encryption;

    /// <summary>Sees to it that a network can be encrypted, if it asks for that.</summary>
    private async ValueTask<bool> TryEncryptAsync(DriverNetworkRequest request, CancellationToken cancellationToken)
    {
        string subject = $"network \"{request.Name}\"";
        if (!OverlayNetworkOptions.Parse(subject, request.Options).IsEncrypted)
        {
            return false;
        }

        await _encryption.AcquireAsync(request.Id, subject, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Brings the entries of all encrypted networks to where nodes are by now.</summary>
    private async ValueTask MoveEndsAsync(CancellationToken cancellationToken)
    {
        foreach (OverlayNetwork network in _networks.Values.Where(static network => network.Options.IsEncrypted))
        {
            await network.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (network.IsBuilt)
                {
                    await AskKernelAsync(network.Subject, static (session, state) => state.Self.MoveEnds(session, state.network), (Self: this, network), cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                network.Turn.Release();
            }
        }
    }

    private bool MoveEnds(KernelSession session, OverlayNetwork network)
    {
        UndoSteps undo = new();
        try
        {
            foreach (IPAddress node in network.Peers.Nodes)
            {
                NodeEnds before = network.Ends.Of(node), after = _encryption.EndsOf(node);
                if (!before.Equals(after))
                {
                    undo.Push(() => MoveEnds(session, network, node, after, before));
                    MoveEnds(session, network, node, before, after);
                }
            }
        }
        catch
        {
            undo.TakeBack(failure => Log.RollbackIncomplete(_logger, failure, network.Subject));
            throw;
        }

        return true;
    }

    /// <summary>Who moves is let in at the new end before it is sent to, and at the old one until it is not.</summary>
    private void MoveEnds(KernelSession session, OverlayNetwork network, IPAddress node, NodeEnds before, NodeEnds after)
    {
        uint[] vnis = VniArray(network);
        _members.Change(session, vnis, [.. after.HearFrom.Except(before.HearFrom)], []);
        network.Ends.Set(node, after);
        if (!Equals(before.SendTo, after.SendTo))
        {
            PeerProgramming.Move(session, network, node, before.SendTo, after.SendTo);
        }

        _members.Change(session, vnis, [], [.. before.HearFrom.Except(after.HearFrom)]);
    }
}

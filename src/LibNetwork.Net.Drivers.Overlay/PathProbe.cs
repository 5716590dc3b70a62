using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Sockets;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Sends frames to one peer of each node, with checksums that are whole and with some that are left to an interface, and hears which are answered.</summary>
/// <remarks>Interfaces that fill inner checksums in wrong are not rare among virtual ones; then everything seems to work, and no connection comes about.</remarks>
internal sealed class PathProbe(PacketSocket socket, TimeProvider time)
{
    private const int Rounds = 3;
    private const int FirstPort = 32768;   // of those that the endpoints' kernels give out themselves: an answer to nobody is dropped in silence

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);   // for one round

    private readonly Dictionary<ushort, (PathTarget Target, bool IsSummed)> _asked = [];
    private readonly HashSet<PathTarget> _unsummed = [];
    private readonly Dictionary<PathTarget, int> _summed = [];   // how many were answered
    private int _lastPort = FirstPort;

    /// <summary>Tries the ways to all targets at once.</summary>
    public async Task<IReadOnlyDictionary<PathTarget, OverlayPathState>> RunAsync(IReadOnlyList<PathTarget> targets, CancellationToken cancellationToken)
    {
        for (int round = 0; round < Rounds && !targets.All(_unsummed.Contains); round++)
        {
            using CancellationTokenSource limit = new(Patience, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                foreach (PathTarget target in targets.Where(target => !_unsummed.Contains(target)))
                {
                    await SendAsync(target, isSummed: true, cancellationToken).ConfigureAwait(false);
                    await SendAsync(target, isSummed: false, cancellationToken).ConfigureAwait(false);
                }

                await HearAsync(targets, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Who has not answered by now is asked again.
            }
        }

        return targets.ToDictionary(static target => target, StateOf);
    }

    /// <summary>A way that merely loses some packets is not one that damages them.</summary>
    private OverlayPathState StateOf(PathTarget target)
        => _unsummed.Contains(target) ? OverlayPathState.Works
            : _summed.GetValueOrDefault(target) > Rounds / 2 ? OverlayPathState.ChecksumsBroken
            : OverlayPathState.NoAnswer;

    private async ValueTask SendAsync(PathTarget target, bool isSummed, CancellationToken cancellationToken)
    {
        ushort port = (ushort)++_lastPort;
        _asked[port] = (target, isSummed);
        byte[] frame = ProbeFrame.Build(target.From, target.Peer.MacAddress, target.Source, target.Destination, port, isSummed);
        if (isSummed)
        {
            await socket.SendAsync(target.Tunnel, frame, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await socket.SendUnsummedAsync(target.Tunnel, frame, ProbeFrame.SumStart(target.Source.AddressFamily), ProbeFrame.ChecksumOffset, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Hears answers, which may come by another tunnel: the other node sends by that of the sender's subnet.</summary>
    private async Task HearAsync(IReadOnlyList<PathTarget> targets, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[256];
        while (!targets.All(_unsummed.Contains))
        {
            ReadOnlyMemory<byte> frame = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (ProbeFrame.ReadAnswer(frame.Span) is not { } port || !_asked.Remove(port, out (PathTarget Target, bool IsSummed) asked))
            {
                continue;
            }

            if (asked.IsSummed)
            {
                _summed[asked.Target] = _summed.GetValueOrDefault(asked.Target) + 1;
            }
            else
            {
                _unsummed.Add(asked.Target);
            }
        }
    }
}

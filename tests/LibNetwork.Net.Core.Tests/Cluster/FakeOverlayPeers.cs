using System.Net;
using LibNetwork.Overlay;

namespace LibNetwork.Core.Tests.Cluster;

/// <summary>The peers of one network as a driver keeps them: it lets nobody in who has what another has, and outlives the process that told it.</summary>
internal sealed class FakeOverlayPeers : IOverlayPeers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MacAddress, OverlayPeer> _peers = [];

    /// <summary>Addresses that endpoints here have.</summary>
    public HashSet<IPAddress> Here { get; } = [];

    /// <summary>How many peers came or went.</summary>
    public int Changes { get; private set; }

    /// <summary>How many calls are yet to fail.</summary>
    public int Failures { get; set; }

    public IReadOnlyList<string> Addresses
    {
        get
        {
            lock (_gate)
            {
                return [.. _peers.Values.Select(static peer => $"{peer.IPv4} at {peer.NodeAddress}").Order(StringComparer.Ordinal)];
            }
        }
    }

    public ValueTask AddAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
        => ChangeAsync([], peers);

    public ValueTask RemoveAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
        => ChangeAsync(peers, []);

    public ValueTask ReplaceAsync(NetworkId networkId, IReadOnlyList<OverlayPeer> peers, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return ChangeAsync([.. _peers.Values.Except(peers)], peers);
        }
    }

    private ValueTask ChangeAsync(IReadOnlyList<OverlayPeer> removed, IReadOnlyList<OverlayPeer> added)
    {
        lock (_gate)
        {
            if (Failures > 0)
            {
                Failures--;
                throw new InvalidOperationException("the driver fails");
            }

            Dictionary<MacAddress, OverlayPeer> after = new(_peers);
            int changes = 0;
            foreach (OverlayPeer peer in removed)
            {
                if (after.GetValueOrDefault(peer.MacAddress) == peer)
                {
                    after.Remove(peer.MacAddress);
                    changes++;
                }
            }

            foreach (OverlayPeer peer in added.Where(peer => after.GetValueOrDefault(peer.MacAddress) != peer))
            {
                if (Here.Contains(peer.IPv4!) || after.Values.Any(other => other.MacAddress == peer.MacAddress || other.IPv4!.Equals(peer.IPv4)))   // tests use IPv4
                {
                    throw NetworkException.Conflict("network", $"{peer.IPv4} is taken");
                }

                after.Add(peer.MacAddress, peer);
                changes++;
            }

            _peers.Clear();
            foreach (OverlayPeer peer in after.Values)
            {
                _peers.Add(peer.MacAddress, peer);
            }

            Changes += changes;
            return ValueTask.CompletedTask;
        }
    }
}

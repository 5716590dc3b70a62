using System.Net;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

/// <summary>The endpoints of a network on other nodes. Plans a change first, and takes it over when the kernel has.</summary>
internal sealed class PeerTable
{
    private readonly Dictionary<MacAddress, OverlayPeer> _peers = [];
    private readonly Dictionary<IPAddress, OverlayPeer> _holders = [];
    private readonly Dictionary<IPAddress, int> _nodes = [];

    public IReadOnlyCollection<OverlayPeer> All => _peers.Values;

    /// <summary>The nodes that take part in the network.</summary>
    public IReadOnlyCollection<IPAddress> Nodes => _nodes.Keys;

    /// <summary>The peer that has a hardware address.</summary>
    public OverlayPeer? Find(MacAddress macAddress) => _peers.GetValueOrDefault(macAddress);

    /// <summary>The peer that has an address.</summary>
    public OverlayPeer? Find(IPAddress address) => _holders.GetValueOrDefault(address);

    /// <summary>Plans to add peers.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Conflict"/>: one has what another has.</exception>
    public PeerChange PlanAdd(string subject, IReadOnlyList<OverlayPeer> peers) => new([], Distinct(subject, peers, keepsPresent: true));

    /// <summary>Plans to remove peers.</summary>
    public PeerChange PlanRemove(IReadOnlyList<OverlayPeer> peers)
        => new([.. peers.Distinct().Where(peer => _peers.TryGetValue(peer.MacAddress, out OverlayPeer? present) && present == peer)], []);

    /// <summary>Plans to have these peers and no others.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.Conflict"/>: one has what another has.</exception>
    public PeerChange PlanReplace(string subject, IReadOnlyList<OverlayPeer> peers)
    {
        IReadOnlyList<OverlayPeer> wanted = Distinct(subject, peers, keepsPresent: false);
        HashSet<OverlayPeer> all = [.. wanted];
        return new([.. _peers.Values.Where(peer => !all.Contains(peer))], [.. wanted.Where(peer => !_peers.TryGetValue(peer.MacAddress, out OverlayPeer? present) || present != peer)]);
    }

    /// <summary>The nodes that a change makes members, and those that have no peer any more after it.</summary>
    public (IReadOnlyList<IPAddress> Joining, IReadOnlyList<IPAddress> Leaving) NodesOf(PeerChange change)
    {
        Dictionary<IPAddress, int> counts = [];
        foreach (OverlayPeer peer in change.Added)
        {
            counts[peer.NodeAddress] = counts.GetValueOrDefault(peer.NodeAddress) + 1;
        }

        foreach (OverlayPeer peer in change.Removed)
        {
            counts[peer.NodeAddress] = counts.GetValueOrDefault(peer.NodeAddress) - 1;
        }

        return (
            [.. counts.Where(node => !_nodes.ContainsKey(node.Key) && node.Value > 0).Select(static node => node.Key)],
            [.. counts.Where(node => _nodes.TryGetValue(node.Key, out int before) && before + node.Value == 0).Select(static node => node.Key)]);
    }

    /// <summary>Takes a change over.</summary>
    public void Apply(PeerChange change)
    {
        foreach (OverlayPeer peer in change.Removed)
        {
            _peers.Remove(peer.MacAddress);
            Count(peer.NodeAddress, -1);
            foreach (IPAddress address in AddressesOf(peer))
            {
                _holders.Remove(address);
            }
        }

        foreach (OverlayPeer peer in change.Added)
        {
            _peers[peer.MacAddress] = peer;
            Count(peer.NodeAddress, 1);
            foreach (IPAddress address in AddressesOf(peer))
            {
                _holders[address] = peer;
            }
        }
    }

    /// <summary>A peer's addresses on the network.</summary>
    public static IEnumerable<IPAddress> AddressesOf(OverlayPeer peer) => ((IPAddress?[])[peer.IPv4, peer.IPv6]).OfType<IPAddress>();

    private void Count(IPAddress node, int step)
    {
        int count = _nodes.GetValueOrDefault(node) + step;
        if (count == 0)
        {
            _nodes.Remove(node);
        }
        else
        {
            _nodes[node] = count;
        }
    }

    /// <summary>The peers once each; those that are present left out if they stay.</summary>
    private List<OverlayPeer> Distinct(string subject, IReadOnlyList<OverlayPeer> peers, bool keepsPresent)
    {
        List<OverlayPeer> distinct = new(peers.Count);
        Dictionary<MacAddress, OverlayPeer> byMac = [];
        Dictionary<IPAddress, OverlayPeer> byAddress = [];
        foreach (OverlayPeer peer in peers)
        {
            OverlayPeer? holder = byMac.GetValueOrDefault(peer.MacAddress) ?? (keepsPresent ? Find(peer.MacAddress) : null);
            if (holder == peer)
            {
                continue;
            }

            foreach (IPAddress address in AddressesOf(peer))
            {
                holder ??= byAddress.GetValueOrDefault(address) ?? (keepsPresent ? Find(address) : null);
                byAddress.TryAdd(address, peer);
            }

            if (holder is not null)
            {
                throw NetworkException.Conflict(
                    subject, $"peer {Describe(peer)} has what another peer has", Describe(holder), "remove the other one first, or replace all of them");
            }

            byMac[peer.MacAddress] = peer;
            distinct.Add(peer);
        }

        return distinct;
    }

    private static string Describe(OverlayPeer peer) => $"{peer.MacAddress} ({string.Join(", ", AddressesOf(peer))}) on node {peer.NodeAddress}";
}

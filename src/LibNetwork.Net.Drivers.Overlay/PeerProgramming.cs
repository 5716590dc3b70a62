using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Puts peers into the kernel: where a station is, which hardware address an address has, and where goes what is for everybody.</summary>
/// <remarks>Each request may be repeated, so that a change can also mend.</remarks>
internal static class PeerProgramming
{
    private const int ChangesPerSend = 1000;   // a send has room for two thousand in a socket of usual size
    private const ushort Permanent = 0x80;   // NUD_PERMANENT

    private static readonly PhysicalAddress Everybody = new(new byte[6]);   // to a tunnel, zeros stand for broadcasts and multicast

    /// <summary>Changes the peers of a network that is built.</summary>
    /// <param name="session">The kernel.</param>
    /// <param name="network">The network.</param>
    /// <param name="change">The peers that go and come.</param>
    /// <param name="joining">The nodes that come with them.</param>
    /// <param name="leaving">The nodes that go with them.</param>
    public static void Write(KernelSession session, OverlayNetwork network, PeerChange change, IReadOnlyList<IPAddress> joining, IReadOnlyList<IPAddress> leaving)
    {
        RtNetlinkBatch batch = session.Route.Batch;
        int waiting = 0;
        foreach (OverlayPeer peer in change.Removed)
        {
            int tunnel = TunnelOf(network, peer);
            batch.RemoveTunnelStation(tunnel, peer.MacAddress.ToPhysicalAddress());
            foreach (IPAddress address in PeerTable.AddressesOf(peer))
            {
                batch.RemoveNeighbour(tunnel, address);
            }

            SendWhenFull();
        }

        foreach (OverlayPeer peer in change.Added)
        {
            if (network.Ends.SendTo(peer.NodeAddress) is not { } end)
            {
                continue;
            }

            int tunnel = TunnelOf(network, peer);
            PhysicalAddress station = peer.MacAddress.ToPhysicalAddress();
            batch.AddTunnelStation(tunnel, station, end);
            foreach (IPAddress address in PeerTable.AddressesOf(peer))
            {
                batch.AddNeighbour(tunnel, address, station);
            }

            SendWhenFull();
        }

        foreach (IPAddress end in leaving.Select(network.Ends.SendTo).OfType<IPAddress>())
        {
            batch.RemoveForwardingEntry(network.TunnelIndexes[0], Everybody, end);
            SendWhenFull();
        }

        foreach (IPAddress end in joining.Select(network.Ends.SendTo).OfType<IPAddress>())
        {
            batch.AddForwardingEntry(network.TunnelIndexes[0], Everybody, end);
            SendWhenFull();
        }

        session.Route.Execute();

        void SendWhenFull()
        {
            const int MostPerPeer = 4;
            if ((waiting += MostPerPeer) >= ChangesPerSend)
            {
                session.Route.Execute();
                waiting = 0;
            }
        }
    }

    /// <summary>Moves the entries of a node's peers from one end to another. For a moment what is for everybody goes to both.</summary>
    public static void Move(KernelSession session, OverlayNetwork network, IPAddress node, IPAddress? from, IPAddress? to)
    {
        RtNetlinkBatch batch = session.Route.Batch;
        PeerChange peers = new([.. network.Peers.All.Where(peer => to is null && peer.NodeAddress.Equals(node))], [.. network.Peers.All.Where(peer => to is not null && peer.NodeAddress.Equals(node))]);
        if (to is not null)
        {
            batch.AddForwardingEntry(network.TunnelIndexes[0], Everybody, to);
        }

        if (from is not null)
        {
            batch.RemoveForwardingEntry(network.TunnelIndexes[0], Everybody, from);
        }

        Write(session, network, peers, [], []);
    }

    /// <summary>Removes ends for everybody that are of no node any more.</summary>
    public static void RemoveStrayEnds(KernelSession session, OverlayNetwork network)
    {
        HashSet<IPAddress> ends = [.. network.Peers.Nodes.Select(network.Ends.SendTo).OfType<IPAddress>()];
        foreach (ForwardingEntryInfo entry in session.Route.DumpForwardingEntries())
        {
            if (entry.Index == network.TunnelIndexes[0] && entry.HardwareAddress.Equals(Everybody) && entry.Remote is { } end && !ends.Contains(end))
            {
                session.Route.Batch.RemoveForwardingEntry(entry.Index, Everybody, end);
            }
        }

        session.Route.Execute();
    }

    /// <summary>The peers that an earlier process put into the kernel.</summary>
    public static IReadOnlyList<OverlayPeer> Read(KernelSession session, OverlayNetwork network)
    {
        Dictionary<PhysicalAddress, (List<IPAddress> Addresses, IPAddress Node)> stations = [];
        foreach (ForwardingEntryInfo entry in session.Route.DumpForwardingEntries())
        {
            if (network.TunnelIndexes.Contains(entry.Index) && entry.Remote is { } end && !entry.HardwareAddress.Equals(Everybody) && network.Ends.NodeAt(end) is { } node)
            {
                stations[entry.HardwareAddress] = ([], node);
            }
        }

        foreach (NeighbourInfo neighbour in session.Route.DumpNeighbours())
        {
            if (network.TunnelIndexes.Contains(neighbour.Index) && (neighbour.State & Permanent) != 0
                && neighbour.HardwareAddress is { } station && stations.TryGetValue(station, out (List<IPAddress> Addresses, IPAddress Node) found))
            {
                found.Addresses.Add(neighbour.Address);
            }
        }

        return
        [
            .. stations.Where(static station => station.Value.Addresses.Count > 0).Select(static station => new OverlayPeer
            {
                MacAddress = new MacAddress(station.Key.GetAddressBytes()),
                IPv4 = station.Value.Addresses.Find(static address => address.AddressFamily == AddressFamily.InterNetwork),
                IPv6 = station.Value.Addresses.Find(static address => address.AddressFamily == AddressFamily.InterNetworkV6),
                NodeAddress = station.Value.Node,
            }),
        ];
    }

    /// <summary>Counts what of a network's peers is not in the kernel as it should be.</summary>
    public static int CountMissing(KernelSession session, OverlayNetwork network)
    {
        HashSet<(int, PhysicalAddress, IPAddress)> tunnelled = [];
        HashSet<(int, PhysicalAddress)> bridged = [];
        foreach (ForwardingEntryInfo entry in session.Route.DumpForwardingEntries())
        {
            if (entry.Remote is { } node)
            {
                tunnelled.Add((entry.Index, entry.HardwareAddress, node));
            }
            else if (entry.Master is not null)
            {
                bridged.Add((entry.Index, entry.HardwareAddress));
            }
        }

        HashSet<(int, IPAddress, PhysicalAddress)> neighbours =
        [
            .. session.Route.DumpNeighbours().Where(static neighbour => neighbour.HardwareAddress is not null && (neighbour.State & Permanent) != 0)
                .Select(static neighbour => (neighbour.Index, neighbour.Address, neighbour.HardwareAddress!)),   // the condition before
        ];
        int missing = network.Peers.Nodes.Select(network.Ends.SendTo).OfType<IPAddress>().Count(end => !tunnelled.Contains((network.TunnelIndexes[0], Everybody, end)));
        foreach (OverlayPeer peer in network.Peers.All)
        {
            int tunnel = TunnelOf(network, peer);
            PhysicalAddress station = peer.MacAddress.ToPhysicalAddress();
            if (network.Ends.SendTo(peer.NodeAddress) is not { } end)
            {
                continue;   // nobody told how to reach it
            }

            bool isThere = tunnelled.Contains((tunnel, station, end))
                && bridged.Contains((tunnel, station))
                && PeerTable.AddressesOf(peer).All(address => neighbours.Contains((tunnel, address, station)));
            missing += isThere ? 0 : 1;
        }

        return missing;
    }

    private static int TunnelOf(OverlayNetwork network, OverlayPeer peer) => network.TunnelIndexes[network.TunnelOf(peer.IPv4, peer.IPv6)];
}

using System.Net;
using System.Net.Sockets;
using LibNetwork.Overlay;

namespace LibNetwork.Drivers.Overlay;

/// <summary>Whether peers can be what they say: who tells of them may be wrong, or lie.</summary>
internal static class PeerCheck
{
    /// <summary>Checks peers of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="peers">The peers.</param>
    /// <param name="own">The address that this node advertises.</param>
    /// <param name="here">The network's endpoints on this host.</param>
    /// <exception cref="NetworkException">
    /// <see cref="NetworkErrorKind.InvalidArgument"/>; its field is a property of <see cref="OverlayPeer"/>. <see cref="NetworkErrorKind.Conflict"/>: an
    /// endpoint here has its address.
    /// </exception>
    public static void ThrowUnlessValid(OverlayNetwork network, IReadOnlyList<OverlayPeer> peers, IPAddress own, IEnumerable<OverlayEndpoint> here)
    {
        Dictionary<MacAddress, OverlayEndpoint> macs = [];
        Dictionary<IPAddress, OverlayEndpoint> addresses = [];
        foreach (OverlayEndpoint endpoint in here)
        {
            macs[endpoint.MacAddress] = endpoint;
            foreach (InterfaceAddress address in endpoint.Addresses)
            {
                addresses[address.Address] = endpoint;
            }
        }

        foreach (OverlayPeer peer in peers)
        {
            ArgumentNullException.ThrowIfNull(peer, nameof(peers));
            if (!peer.MacAddress.IsUnicast)
            {
                throw Invalid(network, nameof(peer.MacAddress), $"{peer.MacAddress} is not the address of one station");
            }

            ThrowUnlessNode($"a peer of {network.Subject}", nameof(OverlayPeer.NodeAddress), peer.NodeAddress, own);
            if (peer.IPv4 is null && peer.IPv6 is null)
            {
                throw Invalid(network, nameof(peer.IPv4), $"and {nameof(peer.IPv6)} of peer {peer.MacAddress} are both missing");
            }

            CheckAddress(network, nameof(peer.IPv4), peer.IPv4, AddressFamily.InterNetwork);
            CheckAddress(network, nameof(peer.IPv6), peer.IPv6, AddressFamily.InterNetworkV6);
            OverlayEndpoint? holder = macs.GetValueOrDefault(peer.MacAddress)
                ?? PeerTable.AddressesOf(peer).Select(address => addresses.GetValueOrDefault(address)).FirstOrDefault(static found => found is not null);
            if (holder is not null)
            {
                throw NetworkException.Conflict(network.Subject, $"peer {peer.MacAddress} on node {peer.NodeAddress} has the address of an endpoint here", holder.Subject);
            }
        }
    }

    /// <summary>Checks the address that another node advertises.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static void ThrowUnlessNode(string subject, string field, IPAddress? node, IPAddress own)
    {
        if (node is null || node.AddressFamily != own.AddressFamily)
        {
            throw NetworkException.InvalidArgument(subject, field, $"{node} is not of the family of {own}, which this node advertises");
        }

        if (node.Equals(own))
        {
            throw NetworkException.InvalidArgument(subject, field, $"{node} is this node's own");
        }

        if (HasScope(node) || !NodeAddress.IsOne(node))
        {
            throw NetworkException.InvalidArgument(subject, field, $"{node} is not the address of one machine");
        }
    }

    private static void CheckAddress(OverlayNetwork network, string field, IPAddress? address, AddressFamily family)
    {
        if (address is null)
        {
            return;
        }

        if (address.AddressFamily != family || HasScope(address) || !network.Subnets.Any(subnet => subnet.Contains(address)))
        {
            throw Invalid(network, field, $"{address} is in none of the network's subnets of that family");
        }

        Subnet own = network.Subnets.First(subnet => subnet.Contains(address));
        const int PrefixOfPairs = 31;   // RFC 3021: two addresses, both of hosts
        UInt128 ordinal = own.OrdinalOf(address);
        if (family == AddressFamily.InterNetwork && own.PrefixLength < PrefixOfPairs && (ordinal == 0 || ordinal == own.LastOrdinal))
        {
            throw Invalid(network, field, $"{address} is the network or broadcast address of {own}");
        }
    }

    /// <summary>An address with a scope is not equal to the same address without.</summary>
    private static bool HasScope(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0;

    private static NetworkException Invalid(OverlayNetwork network, string field, string problem) => NetworkException.InvalidArgument($"a peer of {network.Subject}", field, problem);
}

using System.Net;
using LibNetwork.Ipam;

namespace LibNetwork.Cluster;

/// <summary>Where what hosts share stands in their store.</summary>
internal static class ClusterKeys
{
    public const string Nodes = "cluster/v1/nodes/";

    /// <summary>All of address management, below one prefix: so one watch tells its changes in their order.</summary>
    public const string Ipam = "cluster/v1/ipam/";
    public const string Pools = Ipam + "pools/";
    public const string Addresses = Ipam + "addresses/";

    public const string Endpoints = "cluster/v1/endpoints/";

    public static string Node(string id) => $"{Nodes}{id}";

    /// <summary>What a node has announced: written with each change of it, so that no change can overtake another.</summary>
    public static string Announcer(string node) => $"cluster/v1/announcers/{node}";

    /// <summary>The joined endpoints of a network, on all nodes.</summary>
    public static string EndpointsOf(NetworkId network) => $"{Endpoints}{network}/";

    /// <summary>The joined endpoints that a network has on a node.</summary>
    public static string EndpointsOf(NetworkId network, string node) => $"{Endpoints}{network}/{node}/";

    public static string Endpoint(NetworkId network, string node, EndpointId id) => $"{EndpointsOf(network, node)}{id}";

    /// <summary>The networks that hosts share.</summary>
    public const string Networks = "cluster/v1/networks/";

    /// <summary>The public keys of nodes that have encrypted networks.</summary>
    public const string NodeKeys = "cluster/v1/node-keys/";

    public static string NodeKeysOf(string node) => $"{NodeKeys}{node}";

    public static string Network(NetworkId id) => $"{Networks}{id}";

    /// <summary>Which network has a name.</summary>
    public static string NetworkName(string name) => $"cluster/v1/network-names/{name}";

    /// <summary>Which network has what only one network of a driver may have.</summary>
    public static string NetworkIdentifier(string driver, string identifier) => $"cluster/v1/network-identifiers/{driver}/{identifier}";

    /// <summary>That a node is about to delete a network. Nobody begins to use it meanwhile.</summary>
    public static string NetworkDeletion(NetworkId id) => $"cluster/v1/network-deletions/{id}";

    /// <summary>The nodes that have endpoints on a network.</summary>
    public static string Members(NetworkId id) => $"cluster/v1/members/{id}/";

    public static string Member(NetworkId id, string node) => $"{Members(id)}{node}";

    /// <summary>In place of a node, for what a network holds itself. No node's id has a colon.</summary>
    public static string HolderOf(NetworkId id) => $"network:{id}";

    /// <summary>Whoever wrote this last may take a new pool of the space.</summary>
    public static string Generation(string space) => $"{Ipam}generation/{space}";

    /// <summary>A node's hold on a pool. A pool is taken while any node holds it.</summary>
    public static string Pool(string poolId, string node) => $"{Pools}{poolId}/{node}";

    /// <summary>The addresses of a subnet. Not of a pool: ranges of one subnet share its addresses.</summary>
    public static string AddressesOf(PoolId pool) => $"{Addresses}{pool.Space}/{pool.Subnet}/";

    public static string Address(PoolId pool, IPAddress address) => $"{AddressesOf(pool)}{address}";

    /// <summary>Whether a part of a key is an id: those of all kinds have one form.</summary>
    public static bool IsId(string text) => NodeId.TryParse(text, out _);

    /// <summary>Reads a key that <see cref="Pool"/> made.</summary>
    public static bool TryParsePool(string key, out PoolId pool, out string node)
    {
        (pool, node) = (default, string.Empty);
        return TrySplit(key, Pools, out string poolId, out node) && PoolId.TryParse(poolId, out pool);
    }

    /// <summary>Reads a key that <see cref="Address"/> made.</summary>
    public static bool TryParseAddress(string key, out PoolId pool, out IPAddress address)
    {
        (pool, address) = (default, IPAddress.None);
        if (!TrySplit(key, Addresses, out string poolId, out string text) || !PoolId.TryParse(poolId, out pool) || !IPAddress.TryParse(text, out IPAddress? found)
            || !pool.Subnet.Contains(found))
        {
            return false;
        }

        address = found;
        return true;
    }

    private static bool TrySplit(string key, string prefix, out string poolId, out string last)
    {
        int end = key.LastIndexOf('/');
        bool isWhole = key.StartsWith(prefix, StringComparison.Ordinal) && end > prefix.Length;
        (poolId, last) = isWhole ? (key[prefix.Length..end], key[(end + 1)..]) : (string.Empty, string.Empty);
        return isWhole;
    }
}

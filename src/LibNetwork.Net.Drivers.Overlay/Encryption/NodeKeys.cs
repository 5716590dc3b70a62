using System.Net;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>The keys of other nodes, as they were told: each node's oldest first.</summary>
internal sealed class NodeKeys
{
    private readonly Dictionary<IPAddress, IReadOnlyList<NodeKey>> _keys = [];
    private readonly Dictionary<IPAddress, IPAddress> _nodes = [];   // by the address of a key

    public IReadOnlyCollection<IPAddress> Nodes => _keys.Keys;

    public IEnumerable<(IPAddress Node, NodeKey Key)> All => _keys.SelectMany(static node => node.Value.Select(key => (node.Key, key)));

    public IReadOnlyList<NodeKey> Of(IPAddress node) => _keys.GetValueOrDefault(node, []);

    /// <summary>The node that has the key of an address.</summary>
    public IPAddress? NodeAt(IPAddress address) => _nodes.GetValueOrDefault(address);

    public void Set(IPAddress node, IReadOnlyList<NodeKey> keys)
    {
        foreach (NodeKey key in Of(node))
        {
            _nodes.Remove(key.Address);
        }

        _keys.Remove(node);
        foreach (NodeKey key in keys)
        {
            _keys[node] = keys;
            _nodes[key.Address] = node;
        }
    }
}

using System.Net;

namespace LibNetwork.Drivers.Overlay.Encryption;

/// <summary>Where the tunnels of a network's nodes end as its entries in the kernel have it: at the node itself, or at its key. Touched only in turns at the kernel.</summary>
/// <param name="encryption">Who knows the nodes' keys; <see langword="null"/> for a network in clear.</param>
internal sealed class TunnelEnds(NodeEncryption? encryption)
{
    private readonly Dictionary<IPAddress, NodeEnds> _ends = [];

    public static TunnelEnds InClear { get; } = new(null);

    public NodeEnds Of(IPAddress node) => encryption is null ? new NodeEnds(node, [node]) : _ends.GetValueOrDefault(node, NodeEnds.Unknown);

    public IPAddress? SendTo(IPAddress node) => Of(node).SendTo;

    /// <summary>All ends that some nodes may send from.</summary>
    public IReadOnlyList<IPAddress> HearFrom(IEnumerable<IPAddress> nodes) => [.. nodes.SelectMany(node => Of(node).HearFrom)];

    /// <summary>The node of an end that an earlier process knew.</summary>
    public IPAddress? NodeAt(IPAddress end) => encryption is null ? end : encryption.NodeAt(end);

    /// <summary>Takes up what is known of nodes now, before there are entries for them.</summary>
    public void LookUp(IEnumerable<IPAddress> nodes)
    {
        if (encryption is null)
        {
            return;
        }

        foreach (IPAddress node in nodes)
        {
            _ends[node] = encryption.EndsOf(node);
        }
    }

    /// <summary>Says what the entries of a node are now.</summary>
    public void Set(IPAddress node, NodeEnds ends) => _ends[node] = ends;
}

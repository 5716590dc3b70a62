using LibNetwork.Overlay;

namespace LibNetwork.Cluster;

/// <summary>The public keys of a node, for encrypted overlay networks.</summary>
/// <param name="Address">Where the node is reached by others.</param>
/// <param name="Keys">Its keys, the oldest first.</param>
internal sealed record NodeKeysRecord(string? Address, IReadOnlyList<OverlayNodeKey>? Keys);

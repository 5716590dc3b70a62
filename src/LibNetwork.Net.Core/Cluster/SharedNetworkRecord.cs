using LibNetwork.Stores;

namespace LibNetwork.Cluster;

/// <summary>A network that hosts share, as others need it.</summary>
/// <param name="Network">The network, as each host keeps it for itself.</param>
/// <param name="NodeName">The node that created it, for messages.</param>
/// <param name="Identifiers">What no other network of its driver may have.</param>
internal sealed record SharedNetworkRecord(NetworkRecord Network, string NodeName, IReadOnlyList<string>? Identifiers = null);

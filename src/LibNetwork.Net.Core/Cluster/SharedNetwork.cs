namespace LibNetwork.Cluster;

/// <summary>A network that hosts share.</summary>
/// <param name="State">The network.</param>
/// <param name="NodeName">The node that created it.</param>
/// <param name="Identifiers">What no other network of its driver may have.</param>
/// <param name="Revision">Which revision wrote it.</param>
internal sealed record SharedNetwork(NetworkState State, string NodeName, IReadOnlyList<string> Identifiers, long Revision);
